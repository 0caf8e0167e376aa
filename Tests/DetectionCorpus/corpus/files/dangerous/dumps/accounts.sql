-- accounts
CREATE TABLE accounts (id INT, login VARCHAR(80), password VARCHAR(80));
INSERT INTO accounts VALUES (1, 'svc', '$2b$12$xzQFakexHHHc1raRAuXM4pwTdwVSnAYRsGNMGlbPs7Lm2.wZz0YXV'),
  (2, 'ops', '$2b$12$BD8FakebNGoPqJhOFsgwSVKShi/fCeK4Qq9BR7ymGyOPrxl14hZAP');
