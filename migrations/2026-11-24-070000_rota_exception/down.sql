DROP TABLE rota_exception;
