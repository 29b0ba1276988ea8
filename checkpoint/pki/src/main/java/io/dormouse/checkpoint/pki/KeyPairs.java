package io.dormouse.checkpoint.pki;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;

/** Whether two keys are one pair, and how they sign. */
public final class KeyPairs {
  private static final int PROBE_BYTES = 32;

  private KeyPairs() {}

  /** The algorithm that a key of this algorithm signs with. */
  public static String signatureOf(String keyAlgorithm) {
    return keyAlgorithm.equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
  }

  /** Tries it. */
  public static boolean match(PrivateKey secret, PublicKey open) {
    if (!secret.getAlgorithm().equals(open.getAlgorithm())) {
      return false;
    }
    try {
      byte[] probe = new byte[PROBE_BYTES];
      new SecureRandom().nextBytes(probe);
      Signature signature = Signature.getInstance(signatureOf(secret.getAlgorithm()));
      signature.initSign(secret);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(open);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException otherKinds) {
      return false;
    }
  }
}
