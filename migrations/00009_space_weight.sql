-- +goose Up
-- How much meaning counts beside words in a space, 0 to 1: a sentence encoder's vectors
-- deserve more than the built-in table's. Null is the program's own weight.
alter table embedding_spaces add column dense_weight real check (dense_weight between 0 and 1);

-- +goose Down
alter table embedding_spaces drop column dense_weight;
