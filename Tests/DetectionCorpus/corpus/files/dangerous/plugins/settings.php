<?php
define('DB_NAME', 'crm');
define('DB_USER', 'svc');
define('DB_PASSWORD', 'tomato');
$table_prefix = 'x_';
