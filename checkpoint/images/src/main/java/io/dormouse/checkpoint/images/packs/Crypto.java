package io.dormouse.checkpoint.images.packs;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AES-GCM and HMAC-SHA256 in native code where its library loads, else the platform's: that one is
 * as quick only once the JIT has compiled it, and an agent dumps its first image long before.
 */
final class Crypto {
  static final String HMAC = "HmacSHA256";

  private static final Logger LOG = LoggerFactory.getLogger(Crypto.class);
  private static final @Nullable Provider NATIVE = load();

  private Crypto() {}

  private static @Nullable Provider load() {
    AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
    if (provider.getLoadingError() == null) {
      return provider;
    }
    LOG.info("Images are sealed by the platform's code: {}", provider.getLoadingError().toString());
    return null;
  }

  static Cipher aesGcm() {
    String name = "AES/GCM/NoPadding";
    try {
      return NATIVE == null ? Cipher.getInstance(name) : Cipher.getInstance(name, NATIVE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform must have AES/GCM.", e);
    }
  }

  /** AES of single blocks, for which a call into native code would take longer than the block. */
  static Cipher aesBlock() {
    try {
      return Cipher.getInstance("AES/ECB/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform must have AES.", e);
    }
  }

  static Mac hmac() {
    try {
      return NATIVE == null ? Mac.getInstance(HMAC) : Mac.getInstance(HMAC, NATIVE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform must have HMAC-SHA256.", e);
    }
  }
}
