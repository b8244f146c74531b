-- Drops in reverse order; foreign keys are off while migrations run.
DROP INDEX flag_by_lot_event;
DROP TABLE lot_event;
DROP TABLE snoozed_flag;
DROP TABLE snooze;
