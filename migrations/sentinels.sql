-- Rows that no customer may ever read, planted after every migration wherever one
-- is gone. `serve` tries to read each of them as the customer login and refuses to
-- start if it can. They are left out of what agents see.

insert into articles (audience, id, source_key, title, language, current_version, disclosure, is_canary)
values ('internal', '00000000-0000-7000-8000-000000000001', 'sentinel', 'SENTINEL-5d0c internal article', 'en', 1, 'never', true)
on conflict do nothing;
insert into article_versions (audience, id, article_id, version, title, body)
values ('internal', '00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 1, 'SENTINEL-5d0c internal article', 'SENTINEL-5d0c internal text')
on conflict do nothing;
insert into chunks (audience, id, version_id, article_id, ordinal, body, start_offset, end_offset, language, disclosure, length, lexemes, weights)
values ('internal', '00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 0,
  'SENTINEL-5d0c internal text', 0, 27, 'zxx', 'never', 1, '{1}', '{1:1}/1000000000')
on conflict do nothing;
insert into chunk_vectors (audience, space_id, chunk_id, embedding)
values ('internal', 1, '00000000-0000-7000-8000-000000000003', array_fill(0.0625, array[256])::vector::halfvec)
on conflict do nothing;
insert into vocabulary (audience, term, lexeme, keys) values ('internal', 'sentinel5d0c', 1, '{}')
on conflict do nothing;
insert into suggestions (audience, article_id, ordinal, word, key, rank)
values ('internal', '00000000-0000-7000-8000-000000000001', 0, 0, 'sentinel-5d0c internal article', 0)
on conflict do nothing;
insert into customers (id, name) values ('00000000-0000-7000-8000-000000000004', 'SENTINEL-5d0c stranger')
on conflict do nothing;
insert into tickets (id, external_id, customer_id, subject, channel, message_count, is_sentinel)
values ('00000000-0000-7000-8000-000000000005', 'sentinel', '00000000-0000-7000-8000-000000000004', 'SENTINEL-5d0c ticket', 'sentinel', 2, true)
on conflict do nothing;
insert into messages (audience, id, ticket_id, sequence, author_kind, body, sent_at) values
  ('public', '00000000-0000-7000-8000-000000000006', '00000000-0000-7000-8000-000000000005', 1, 'customer', 'SENTINEL-5d0c public comment', now()),
  ('internal', '00000000-0000-7000-8000-000000000007', '00000000-0000-7000-8000-000000000005', 2, 'agent', 'SENTINEL-5d0c private note', now())
on conflict do nothing;
