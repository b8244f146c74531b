DROP TABLE mail_pause;
DROP TABLE schedule_version;
