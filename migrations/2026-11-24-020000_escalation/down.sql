-- Drops in reverse order; foreign keys are off while migrations run.
DROP TABLE step_told;
DROP TABLE task_step;
DROP TABLE escalation_time;
DROP TABLE escalation_policy;
DROP TABLE rota_shift;
