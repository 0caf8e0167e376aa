user_pref("mail.account.account1.server", "server1");
user_pref("mail.server.server1.hostname", "imap.tannwald-post.de");
user_pref("mail.server.server1.userName", "anna");
