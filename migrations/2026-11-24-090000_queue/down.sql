DROP TABLE task_undo;
