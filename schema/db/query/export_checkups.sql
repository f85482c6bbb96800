-- Checkups of a round ($1) that count at a unit or below it ($2 to $3), or were taken at such a place ($4, $5).
SELECT {columns}, c.person FROM checkup c
WHERE c.round = $1
  AND ((c.unit >= $2 AND c.unit < $3) OR c.places LIKE $4 OR c.places LIKE $5)
