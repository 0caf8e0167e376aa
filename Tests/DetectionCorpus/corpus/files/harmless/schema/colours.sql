CREATE TABLE colours (
  id INT PRIMARY KEY,
  name VARCHAR(80) NOT NULL,
  hex CHAR(7) DEFAULT '#000000'
);
INSERT INTO colours VALUES (1, 'red', '#ff0000'), (2, 'green', '#00ff00');
