-- When patients are asked after an infusion of a product. A version never changes; an
-- infusion keeps the one that its plan was made from.
CREATE TABLE schedule_version (
    id                  TEXT PRIMARY KEY,
    product_id          TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
    kind                TEXT NOT NULL CHECK (kind IN ('autologous', 'allogeneic')), -- of the product, as it was then
    version             INTEGER NOT NULL CHECK (version >= 1),
    body                TEXT NOT NULL CHECK (json_valid(body)),     -- hours of each check-in, quiet hours
    made_by             TEXT REFERENCES staff (id) ON DELETE RESTRICT, -- null: the default, taken over by the program
    reason              TEXT NOT NULL CHECK (reason <> ''),
    made_at             TEXT NOT NULL CHECK (made_at = strftime('%Y-%m-%dT%H:%M:%fZ', made_at)),
    UNIQUE (product_id, version)
) STRICT;

CREATE TRIGGER schedule_version_no_update BEFORE UPDATE ON schedule_version
BEGIN SELECT RAISE(ABORT, 'a version of a schedule never changes'); END;
CREATE TRIGGER schedule_version_no_delete BEFORE DELETE ON schedule_version
BEGIN SELECT RAISE(ABORT, 'a version of a schedule is kept'); END;

-- While a pause of a clinic has not ended, no mail goes to its patients. Alerts to staff do.
CREATE TABLE mail_pause (
    id                  TEXT PRIMARY KEY,
    site_id             TEXT NOT NULL REFERENCES site (id) ON DELETE RESTRICT,
    reason              TEXT NOT NULL CHECK (reason <> ''),
    began_at            TEXT NOT NULL CHECK (began_at = strftime('%Y-%m-%dT%H:%M:%fZ', began_at)),
    began_by            TEXT REFERENCES staff (id) ON DELETE RESTRICT,
    ended_at            TEXT CHECK (ended_at >= began_at),
    ended_by            TEXT REFERENCES staff (id) ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX mail_pause_once ON mail_pause (site_id) WHERE ended_at IS NULL;
