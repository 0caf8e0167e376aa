import Testing

@testable import Detection

/// Private keys as the usual tools write them, under names that say nothing.
@Suite struct KeyMaterialTests {
  @Test func everyFormOfAPrivateKeyIsSeen() throws {
    let folder = try TemporaryFolder()
    try folder.shell(
      """
      openssl genrsa -traditional -out pem 2048 2>/dev/null
      openssl rsa -in pem -traditional -outform DER -out pkcs1 2>/dev/null
      openssl pkcs8 -topk8 -nocrypt -in pem -outform DER -out pkcs8
      openssl pkcs8 -topk8 -in pem -passout pass:x -outform DER -out pkcs8-encrypted
      openssl pkcs8 -topk8 -in pem -v1 PBE-SHA1-3DES -passout pass:x -outform DER -out pkcs8-old 2>/dev/null ||
        cp pkcs8-encrypted pkcs8-old
      openssl genpkey -algorithm ed25519 -outform DER -out ed25519
      openssl ecparam -genkey -name prime256v1 -noout -outform DER -out sec1 2>/dev/null
      ssh-keygen -q -t ed25519 -N '' -f openssh && rm openssh.pub
      sed '1d;$d' openssh | base64 -d > openssh-bytes
      sed 's/-----BEGIN .*/---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----/' pem > ssh2
      iconv -f ascii -t utf-16 pem > utf16
      iconv -f ascii -t utf-16be pem > utf16be
      iconv -f ascii -t utf-32 pem > utf32
      (head -c 300000 /dev/zero | tr '\\0' a | fold -w 70; cat pem) > behind-text
      (printf 'GIF89a'; head -c 300000 /dev/zero; cat pem) > in-a-picture
      base64 pkcs8 > base64
      base64 -w0 pkcs8 > base64-one-line
      gzip -c pkcs8 | base64 > base64-gzip
      od -An -v -tx1 pkcs8 | tr -d ' ' > hexadecimal
      gzip -c pem > gzip
      (echo first | gzip; gzip -c pem) > gzip-members
      tar cf tar pem
      tar czf tar-gzip pem
      zip -q zip.zip pem && mv zip.zip zip
      cat pem | zip -q piped.zip - && mv piped.zip zip-piped
      zip -q nested.zip zip && tar cf nested-in-tar nested.zip && rm nested.zip
      printf '{"label":"x","key":"%s"}' "$(sed 's/$/\\\\n/' pem | tr -d '\\n')" > in-json
      """)
    for name in try folder.names() {
      let seen = verdict(try folder.bytes(name)).word
      #expect(seen.hasPrefix("a private key"), "\(name): \(seen)")
    }
  }

  @Test func everyStoreOfKeysIsSeen() throws {
    let folder = try TemporaryFolder()
    try folder.shell(
      """
      openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out certificate 2>/dev/null
      openssl pkcs12 -export -inkey key -in certificate -passout pass:x -out pkcs12
      rm key certificate
      for type in JKS JCEKS PKCS12; do
        keytool -genkeypair -keyalg RSA -alias a -dname CN=x -storetype $type -keystore java-$type \\
          -storepass changeit -keypass changeit >/dev/null 2>&1
      done
      keytool -genseckey -keyalg AES -keysize 128 -alias s -storetype JCEKS -keystore java-secret \\
        -storepass changeit -keypass changeit >/dev/null 2>&1
      """)
    for name in try folder.names() { #expect(verdict(try folder.bytes(name)).word == "a key store", "\(name)") }
  }

  /// Formats whose programs need not be installed: their begins, with bytes behind that say nothing.
  static let begins: [(name: String, bytes: [UInt8], kind: Sight.Kind)] = [
    ("BKS", [0, 0, 0, 2, 0, 0, 0, 20], .keyStore), ("UBER", [0, 0, 0, 1, 0, 0, 0, 20], .keyStore),
    ("keytab", [5, 2, 0, 0, 0, 58, 0, 2, 0, 12] + Array("REALM.EXAMPLE".utf8.dropLast()) + [0, 4], .keyStore),
    ("ticket cache", [5, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5] + Array("REALM".utf8), .keyStore),
    ("KeePass", [0x03, 0xD9, 0xA2, 0x9A, 0x67, 0xFB, 0x4B, 0xB5], .keyStore),
    ("keychain", Array("kych".utf8) + [0, 1, 0, 0], .keyStore),
    ("keybox", [0, 0, 0, 32, 1, 1, 0, 2] + Array("KBXf".utf8), .keyStore),
    ("OpenPGP, old form", [0x94, 0x58, 4, 0x5F, 0, 0, 1, 22], .key),
    ("OpenPGP, new form", [0xC5, 0x58, 4, 0x5F, 0, 0, 1, 22], .key),
    ("OpenPGP subkey", [0x9D, 0x01, 0x58, 4, 0x5F, 0, 0, 1, 1], .key),
    ("PVK", [0x1E, 0xF1, 0xB5, 0xB0, 0, 0, 0, 0], .key),
    ("Java key pair", [0xAC, 0xED, 0, 5] + Array("sr java.security.KeyPair".utf8), .key),
  ]

  @Test func formatsAreToldByTheirBegin() {
    for begin in Self.begins {
      let bytes = begin.bytes + ZipSamples.noise(400)
      #expect(verdict(bytes).sights.first?.kind == begin.kind, "\(begin.name)")
      #expect(bytes.withUnsafeBytes { KeyMaterial.kind(of: $0) } == begin.kind, "\(begin.name)")
    }
  }

  @Test(arguments: [
    "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQS0EJZE",
    "# created\n# public key: age1x\nAGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQY",
    "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "-----BEGIN OpenVPN Static key V1-----\n00ff\n",
    "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\n", "$ANSIBLE_VAULT;1.1;AES256\n3430\n",
    "(21:protected-private-key(3:rsa(1:n", "Key: (private-key (ecc (curve Ed25519)",
    #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"}"#,
    #"{"keys": [{"kty": "EC", "crv": "P-256", "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}]}"#,
    #"{"jwk": "{\"kty\":\"OKP\",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}"}"#,
  ])
  func secretTextsAreSeen(text: String) {
    #expect(verdict(text).sights.first.map { [.key, .keyStore].contains($0.kind) } == true)
  }

  @Test func minisignsSecretKeyIsToldFromItsPublicOne() {
    let secret = "untrusted comment: x\nRWRTY0Iy" + String(repeating: "Ab9", count: 60) + "\n"
    #expect(verdict(secret).word == "a private key")
    #expect(verdict("untrusted comment: x\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n").sights.isEmpty)
  }

  @Test func publicKeysAndCertificatesAreHarmless() throws {
    let folder = try TemporaryFolder()
    try folder.shell(
      """
      openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout /dev/null -out certificate 2>/dev/null
      openssl x509 -in certificate -outform DER -out certificate-der
      openssl x509 -in certificate -noout -pubkey > spki
      openssl pkey -pubin -in spki -outform DER -out spki-der
      openssl rsa -pubin -in spki -RSAPublicKey_out -outform DER -out pkcs1-public 2>/dev/null
      openssl crl2pkcs7 -nocrl -certfile certificate -outform DER -out pkcs7
      ssh-keygen -q -t ed25519 -N '' -f id && rm id && mv id.pub openssh-public
      keytool -importcert -noprompt -alias c -file certificate -storetype JKS -keystore trust -storepass changeit \\
        >/dev/null 2>&1
      cat certificate certificate certificate > chain
      """)
    for name in try folder.names() { #expect(verdict(try folder.bytes(name)).word == "nothing", "\(name)") }
    #expect(
      verdict(#"{"keys":[{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx","e":"AQAB"}]}"#).sights
        .isEmpty)
  }
}
