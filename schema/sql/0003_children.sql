-- Children that came and went: since the server is watched, and in the span of a minute or an hour.
ALTER TABLE sample ADD COLUMN children_started INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sample ADD COLUMN children_ended INTEGER NOT NULL DEFAULT 0;
ALTER TABLE minute ADD COLUMN children_started INTEGER NOT NULL DEFAULT 0;
ALTER TABLE minute ADD COLUMN children_ended INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hour ADD COLUMN children_started INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hour ADD COLUMN children_ended INTEGER NOT NULL DEFAULT 0;
