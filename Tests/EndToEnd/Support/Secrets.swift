/// Python that collects what a copy must not hold, from the INI files of the production in `A[0]` and the database in
/// `A[1]`, by names alone: `secrets`, and `needles`, which are the secrets and every host, address, URL and path.
let collectSecrets = #"""
  secrets, needles = set(), set()

  def add_address(text):
      for part in re.split(r'[,\s]+', text):
          if not part or part in ('localhost', 'internal', 'true', 'false'):
              continue
          if '://' in part:
              authority = part.split('://', 1)[1].split('/', 1)[0].split('?', 1)[0]
              if '@' in authority:
                  credentials, authority = authority.rsplit('@', 1)
                  if ':' in credentials:
                      secrets.add(credentials.split(':', 1)[1])
              for secret in re.findall(r'password=([^&;]+)', part):
                  secrets.add(secret)
              if authority:
                  needles.add(re.sub(r':\d+$', '', authority))
          if part.startswith('sqlite://'):
              needles.add(part[len('sqlite://'):])
          needles.add(part)

  def name_is_secret(name):
      return re.search(r'password|secret|token|instance|licence.key|private_key|authorization|options', name)

  for name in ('hub/hub.ini', 'lui/lui.ini', 'trk/tracker.ini'):
      for line in open(A[0] + '/' + name):
          if '=' not in line:
              for word in re.findall(r'\S+@\S+', line):
                  needles.add(word.strip('.,;'))
              continue
          key, value = (x.strip() for x in line.lstrip('#').split('=', 1))
          if name_is_secret(key):
              secrets.add(value)
          elif re.search(r'host|url|keystore', key):
              add_address(value)

  c = db(A[1])
  for name, value in c.execute("SELECT name, value FROM hub_settings"):
      if name_is_secret(name):
          secrets.add(value)
      elif re.search(r'host|url|recipients|address', name) or value.startswith('/'):
          add_address(value)

  where = {
      'hub_database_connections': ('url host', 'password options'), 'hub_key_stores': ('', 'content password'),
      'hub_directories': ('url bind_dn base_dn', 'bind_password client_secret'), 'hub_sessions': ('', 'token'),
      'hub_one_time_tokens': ('', 'token'), 'hub_api_keys': ('', 'secret'), 'hub_web_hooks': ('url', 'secret'),
      'lui_sender_profiles': ('bounce_address relay_host dkim_domain', 'relay_password dkim_private_key'),
      'lui_mailboxes': ('host user_name', 'password'), 'lui_reports': ('mail_to', ''),
      'lui_drop_ins': ('url', 'password'), 'lui_feeds': ('url', 'authorization_header')}
  for table, (addresses, hidden) in where.items():
      for row in rows(c, table).values():
          for column in addresses.split():
              if row[column]:
                  add_address(row[column])
          for column in hidden.split():
              value = row[column]
              if isinstance(value, bytes):
                  secrets.add(value.hex())
              elif value:
                  secrets.add(value)
                  secrets.update(re.findall(r'(?i)(?:password|pwd)=([^&;]+)', value))
                  if value.startswith('Bearer '):
                      secrets.add(value[7:])
  secrets.discard('')
  needles |= secrets
  needles.add(A[0].rsplit('/', 1)[0])

  """#
