-- +goose Up
-- The owner is subject to the policies too (force row level security): without one
-- of its own it could not plant the sentinels, which stand in sentinels.sql.
-- +goose StatementBegin
do $$ begin
  execute 'create policy owner on tickets to ' || quote_ident(current_user) || ' using (true) with check (true)';
  execute 'create policy owner on messages_public to ' || quote_ident(current_user) || ' using (true) with check (true)';
end $$;
-- +goose StatementEnd

-- +goose Down
delete from tickets where id = '00000000-0000-7000-8000-000000000005';
drop policy owner on messages_public;
drop policy owner on tickets;
delete from customers where id = '00000000-0000-7000-8000-000000000004';
delete from articles where id = '00000000-0000-7000-8000-000000000001';
