package io.dormouse.checkpoint.pki.authority;

import java.security.cert.X509Certificate;

/**
 * A certificate that was made.
 *
 * @param files where it lies
 */
public record Issued(X509Certificate certificate, IssuedFiles files) {}
