-- Dates on which the rota of the week does not hold: holidays, single days, people away. Hours
-- belong to the day on which they begin, by the clinic's own clock.
CREATE TABLE rota_exception (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    kind                TEXT NOT NULL CHECK (kind IN ('add', 'replace', 'remove', 'away')),
    staff_id            TEXT REFERENCES staff (id) ON DELETE RESTRICT,  -- null: everybody's hours of the week fall away
    audience            TEXT CHECK (audience IN ('on_duty', 'charge_nurse', 'physician', 'safety_officer')),
    from_day            TEXT NOT NULL CHECK (from_day = date(from_day)),
    to_day              TEXT NOT NULL CHECK (to_day = date(to_day)),
    from_min            INTEGER CHECK (from_min BETWEEN 0 AND 1439),    -- minutes after midnight on the wall
    to_min              INTEGER CHECK (to_min BETWEEN 0 AND 1439),      -- not later than from_min: on the next day
    recorded_at         TEXT NOT NULL,
    CHECK (to_day >= from_day),
    CHECK ((kind IN ('add', 'replace')) = (from_min IS NOT NULL)),
    CHECK ((from_min IS NULL) = (to_min IS NULL)),
    CHECK ((kind = 'away') = (audience IS NULL)),
    CHECK (staff_id IS NOT NULL OR kind = 'remove')
) STRICT;
CREATE INDEX rota_exception_by_site ON rota_exception (site_id, to_day);
CREATE INDEX rota_exception_by_staff ON rota_exception (staff_id);
