-- Texts of letters that administrators wrote, by kind, language and clinic. A version never
-- changes; the newest one counts. Built-in texts are part of the program.
CREATE TABLE letter_text (
    id                  TEXT PRIMARY KEY,
    kind                TEXT NOT NULL CHECK (kind IN ('check_in_prompt', 'check_in_reminder', 'link', 'alert', 'alarm', 'staff_invitation', 'password_reset')),
    language            TEXT NOT NULL CHECK (language IN ('en', 'zh-CN')),
    site_id             TEXT REFERENCES site (id) ON DELETE RESTRICT, -- null: for all clinics
    version             INTEGER NOT NULL CHECK (version >= 1),
    subject             TEXT,                                       -- null: no text of its own (any more)
    body                TEXT,
    made_by             TEXT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    made_at             TEXT NOT NULL CHECK (made_at = strftime('%Y-%m-%dT%H:%M:%fZ', made_at)),
    CHECK ((subject IS NULL) = (body IS NULL))
) STRICT;
CREATE UNIQUE INDEX letter_text_version ON letter_text (kind, language, ifnull(site_id, ''), version);

CREATE TRIGGER letter_text_no_update BEFORE UPDATE ON letter_text
BEGIN SELECT RAISE(ABORT, 'a version of a text never changes'); END;
CREATE TRIGGER letter_text_no_delete BEFORE DELETE ON letter_text
BEGIN SELECT RAISE(ABORT, 'a version of a text is kept'); END;
