-- A checkup's row, new or in the old one's place.
INSERT INTO checkup (person, round, unit, stop, day, kind, sex, band, standing, present, abnormal,
    conflict, unusual, worst, results, judgements, examiners, places)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (person, round) DO UPDATE SET unit = excluded.unit, stop = excluded.stop,
    day = excluded.day, kind = excluded.kind, sex = excluded.sex, band = excluded.band,
    standing = excluded.standing, present = excluded.present, abnormal = excluded.abnormal,
    conflict = excluded.conflict, unusual = excluded.unusual, worst = excluded.worst,
    results = excluded.results, judgements = excluded.judgements, examiners = excluded.examiners,
    places = excluded.places
