-- Drops in reverse order; foreign keys are off while migrations run.
DROP TABLE hook_call;
DROP TABLE web_hook;
DROP TABLE step_told;
DROP TABLE task_step;
DROP TABLE escalation_time;
DROP TABLE escalation_policy;
DROP TABLE rota_shift;
