DROP TABLE schedule_version;
