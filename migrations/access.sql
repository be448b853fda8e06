-- Who may do what, laid down anew after every migration; it changes nothing when
-- it already holds. The two logins' names come as settings of the transaction.
-- The app login reads and writes rows, but owns nothing. The customer login reads
-- named public leaves and, by row-level security, its own tickets.
do $$
declare
  app text := quote_ident(current_setting('signalbox.app_login'));
  customer text := quote_ident(current_setting('signalbox.customer_login'));
  database text := quote_ident(current_database());
  leaf text;
begin
  execute format('grant connect on database %s to %s, %s', database, app, customer);
  execute format('grant usage on schema signalbox to %s, %s', app, customer);
  execute format('grant select, insert, update, delete on all tables in schema signalbox to %s', app);
  execute format('grant execute on function administered_account() to %s', customer);
  execute format('revoke insert, update, delete, truncate on schema_migrations from %s', app);

  execute format('revoke all on all tables in schema signalbox from %s', customer);
  execute format('grant select on articles_public, article_versions_public, chunks_public, chunk_vectors_public,
    lexeme_frequencies_public, lexical_statistics_public, vocabulary_public, suggestions_public to %s', customer);
  for leaf in select inhrelid::regclass::text from pg_inherits where inhparent = 'chunk_vectors_public'::regclass loop
    execute format('grant select on %s to %s', leaf, customer);
  end loop;
  execute format('grant select (id, state) on embedding_spaces to %s', customer);
  -- message_count and sequence count private notes too, and updated_at tells when
  -- one was written: none of them is granted.
  execute format('grant select (id, customer_id, account_id, subject, status, channel, created_at)
    on tickets to %s', customer);
  execute format('grant select (audience, id, ticket_id, author_kind, body, quoted, signature, sent_at)
    on messages_public to %s', customer);

  drop policy if exists app on tickets;
  drop policy if exists app on messages_public;
  drop policy if exists own on tickets;
  drop policy if exists own on messages_public;
  execute format('create policy app on tickets to %s using (true) with check (true)', app);
  execute format('create policy app on messages_public to %s using (true) with check (true)', app);
  execute format($policy$create policy own on tickets for select to %s using (
    erased_at is null and (
      customer_id = nullif(current_setting('app.customer_id', true), '')::uuid
      or restriction_group is null and account_id = (select administered_account())))$policy$, customer);
  execute format('create policy own on messages_public for select to %s
    using (exists (select from tickets where tickets.id = ticket_id))', customer);
end $$;
