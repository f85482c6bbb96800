-- Findings stand in the checkup's row and nowhere else. A table of them said the same a second time; a unit's findings are
-- those of its checkups, the gravest first by this index. Dropping a table of the projection loses nothing.

DROP TABLE finding;

DROP INDEX checkup_unit;

CREATE INDEX checkup_unit ON checkup (round, unit, worst);
