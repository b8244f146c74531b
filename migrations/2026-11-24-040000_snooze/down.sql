-- Drops in reverse order; foreign keys are off while migrations run.
DROP TABLE snoozed_flag;
DROP TABLE snooze;
