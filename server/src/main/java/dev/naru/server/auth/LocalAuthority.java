package dev.naru.server.auth;

import dev.naru.base.AtomicFiles;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * This installation's certificate authority (ECDSA P-256), kept in {@code keys/ca.pem}; the server
 * certificate is made anew at each start and lives in memory only.
 */
public final class LocalAuthority {
  private static final Duration CA_LIFE = Duration.ofDays(3650);
  private static final Duration SERVER_LIFE = Duration.ofDays(397);
  private static final X500Name CA_NAME = new X500Name("CN=Naru local authority");

  private final KeyPair keys;
  private final X509Certificate certificate;
  private final SecureRandom random;
  private final Clock clock;

  private LocalAuthority(
      KeyPair keys, X509Certificate certificate, SecureRandom random, Clock clock) {
    this.keys = keys;
    this.certificate = certificate;
    this.random = random;
    this.clock = clock;
  }

  /** Reads the authority, or makes it: key and certificate are one file, so never one alone. */
  public static LocalAuthority open(Keys directory, SecureRandom random, Clock clock)
      throws IOException {
    Path file = directory.file("ca.pem");
    try {
      if (Files.exists(file)) {
        try (PEMParser pem = new PEMParser(new StringReader(Files.readString(file)))) {
          PrivateKey key = privateKey(pem.readObject());
          X509Certificate certificate = converted((X509CertificateHolder) pem.readObject());
          KeyPair keys = new KeyPair(certificate.getPublicKey(), key);
          return new LocalAuthority(keys, certificate, random, clock);
        }
      }
      KeyPair keys = newKeys(random);
      X509Certificate certificate = selfSigned(keys, random, clock.instant());
      AtomicFiles.writeSecret(
          file,
          pem(new JcaPKCS8Generator(keys.getPrivate(), null), certificate)
              .getBytes(StandardCharsets.US_ASCII));
      return new LocalAuthority(keys, certificate, random, clock);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("Tried to open the local authority in " + file + " but " + e, e);
    }
  }

  /** The authority's certificate, for clients to trust. */
  public String certificatePem() throws IOException {
    return pem(certificate);
  }

  /** A key store with one fresh server certificate for these DNS names and IPv4 addresses. */
  public KeyStore serverKeyStore(List<String> dnsNames, List<String> addresses, char[] password)
      throws IOException {
    try {
      KeyPair server = newKeys(random);
      Instant now = clock.instant();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              CA_NAME,
              new BigInteger(120, random),
              Date.from(now.minus(Duration.ofHours(1))),
              Date.from(now.plus(SERVER_LIFE)),
              new X500Name("CN=naru"),
              server.getPublic());
      GeneralName[] names =
          Stream.concat(
                  dnsNames.stream().map(n -> new GeneralName(GeneralName.dNSName, n)),
                  addresses.stream().map(a -> new GeneralName(GeneralName.iPAddress, a)))
              .toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      X509Certificate leaf =
          converted(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server", server.getPrivate(), password, new X509Certificate[] {leaf, certificate});
      return store;
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("Tried to make the server certificate but " + e, e);
    }
  }

  private static X509Certificate selfSigned(KeyPair keys, SecureRandom random, Instant now)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            CA_NAME,
            new BigInteger(120, random),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(CA_LIFE)),
            CA_NAME,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    return converted(
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static KeyPair newKeys(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static PrivateKey privateKey(Object pem) throws IOException {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    return switch (pem) {
      case PrivateKeyInfo info -> converter.getPrivateKey(info);
      default -> throw new IOException("keys/ca.pem does not begin with a private key");
    };
  }

  private static X509Certificate converted(X509CertificateHolder holder)
      throws GeneralSecurityException {
    return new JcaX509CertificateConverter().getCertificate(holder);
  }

  private static String pem(Object... objects) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object o : objects) {
        writer.writeObject(o);
      }
    }
    return text.toString();
  }
}
