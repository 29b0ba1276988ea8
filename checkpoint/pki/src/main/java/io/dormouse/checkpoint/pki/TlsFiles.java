package io.dormouse.checkpoint.pki;

import java.nio.file.Path;

/**
 * Where a daemon's certificate lies; all three are PEM.
 *
 * @param certificate its own, and after it those that lead to an authority, if there are any
 * @param key its private key (PKCS#8, unencrypted), for its owner alone
 * @param authority the certificates of the authorities whose peers it trusts
 */
public record TlsFiles(Path certificate, Path key, Path authority) {}
