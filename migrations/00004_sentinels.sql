-- +goose Up
-- Rows that no customer may ever read. `serve` tries to read each of them as the
-- customer login and refuses to start if it can; scheduled checks look for the
-- marker in customers' answers. They are left out of what agents see.

insert into articles (audience, id, source_key, title, language, current_version, disclosure, is_canary)
values ('internal', '00000000-0000-7000-8000-000000000001', 'sentinel', 'SENTINEL-5d0c internal article', 'en', 1, 'never', true);
insert into article_versions (audience, id, article_id, version, title, body)
values ('internal', '00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 1, 'SENTINEL-5d0c internal article', 'SENTINEL-5d0c internal text');
insert into chunks (audience, id, version_id, article_id, ordinal, body, start_offset, end_offset, language, disclosure, length, lexemes, weights)
values ('internal', '00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 0,
  'SENTINEL-5d0c internal text', 0, 27, 'zxx', 'never', 1, '{1}', '{1:1}/1000000000');
insert into chunk_vectors (audience, space_id, chunk_id, embedding)
values ('internal', 1, '00000000-0000-7000-8000-000000000003', array_fill(0.0625, array[256])::vector::halfvec);

insert into customers (id, name) values ('00000000-0000-7000-8000-000000000004', 'SENTINEL-5d0c stranger');
-- +goose StatementBegin
do $$ begin
  -- The owner is subject to the policies too (force row level security).
  execute 'create policy owner on tickets to ' || quote_ident(current_user) || ' using (true) with check (true)';
  execute 'create policy owner on messages_public to ' || quote_ident(current_user) || ' using (true) with check (true)';
end $$;
-- +goose StatementEnd
insert into tickets (id, external_id, customer_id, subject, channel, message_count, is_sentinel)
values ('00000000-0000-7000-8000-000000000005', 'sentinel', '00000000-0000-7000-8000-000000000004', 'SENTINEL-5d0c ticket', 'sentinel', 2, true);
insert into messages (audience, id, ticket_id, sequence, author_kind, body, sent_at) values
  ('public', '00000000-0000-7000-8000-000000000006', '00000000-0000-7000-8000-000000000005', 1, 'customer', 'SENTINEL-5d0c public comment', now()),
  ('internal', '00000000-0000-7000-8000-000000000007', '00000000-0000-7000-8000-000000000005', 2, 'agent', 'SENTINEL-5d0c private note', now());

-- +goose Down
delete from tickets where id = '00000000-0000-7000-8000-000000000005';
drop policy owner on messages_public;
drop policy owner on tickets;
delete from customers where id = '00000000-0000-7000-8000-000000000004';
delete from articles where id = '00000000-0000-7000-8000-000000000001';
