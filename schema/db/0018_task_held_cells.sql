-- A row of a 随访单 that was held keeps what is written in it, so that it can be worked from.

-- What the row says, as JSON; empty for rows held before. Not looked into here.
ALTER TABLE task_held ADD COLUMN cells TEXT NOT NULL DEFAULT '';
