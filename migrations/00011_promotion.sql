-- +goose Up
-- Tickets that no training learns from until they have served three times to compare a
-- candidate with the current model.
create table gate_evidence (
  ticket_id uuid primary key references tickets on delete cascade,
  uses      smallint not null default 0 check (uses between 0 and 3),
  drawn_at  timestamptz not null default now()
);
-- When a label came here, which is later than when it was given in an imported history:
-- what came after a model was trained, it has not seen.
alter table labels add column stored_at timestamptz not null default now();

-- +goose Down
alter table labels drop column stored_at;
drop table gate_evidence;
