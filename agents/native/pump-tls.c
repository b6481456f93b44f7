// SPDX-License-Identifier: Apache-2.0
#include "pump-tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <poll.h>
#include <string.h>

#include "pump-wait.h"

enum { READ_AHEAD_BYTES = 256 * 1024 };

/* Certificates only carry keys, and keys are judged by their pins once the handshake has proved them. */
static int take_any_certificate(int is_trusted, X509_STORE_CTX *store) {
  (void)is_trusted;
  (void)store;
  return 1;
}

void tls_why(const char *what, char why[WHY_SIZE]) {
  const int error = errno;
  const unsigned long code = ERR_peek_error();
  const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);
  if (reason == NULL) reason = error != 0 && code == 0 ? strerror(error) : "the connection broke";
  why_set(why, "%s: %s", what, reason);
  ERR_clear_error();
}

static bool set_up(SSL_CTX *context, const char *key, const char *certificate, char why[WHY_SIZE]) {
  char what[WHY_SIZE];
  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") != 1) {
    tls_why("cannot set up TLS", why);
    return false;
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, take_any_certificate);
  // A resumed session would not show the key again.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, READ_AHEAD_BYTES);
  why_set(what, "cannot use the certificate %s", certificate);
  if (SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) != 1) {
    tls_why(what, why);
    return false;
  }
  why_set(what, "cannot use the key %s", key);
  if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    tls_why(what, why);
    return false;
  }
  return true;
}

SSL_CTX *tls_context(bool is_server, const char *key, const char *certificate, char why[WHY_SIZE]) {
  SSL_CTX *context = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
  if (context == NULL) {
    tls_why("cannot set up TLS", why);
    return NULL;
  }
  if (set_up(context, key, certificate, why)) return context;
  SSL_CTX_free(context);
  return NULL;
}

bool tls_begin(struct connection *connection, SSL_CTX *context, const char *host, int64_t deadline_ms) {
  SSL *tls = connection->tls = SSL_new(context);
  if (tls == NULL || SSL_set_fd(tls, connection->socket) != 1 || (host != NULL && SSL_set_tlsext_host_name(tls, host) != 1)) {
    tls_why("cannot set up TLS", connection->why);
    return false;
  }
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int result = connection->is_server ? SSL_accept(tls) : SSL_connect(tls);
    if (result == 1) return true;
    const int error = SSL_get_error(tls, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      tls_why("the TLS handshake failed", connection->why);
      return false;
    }
    if (wait_for(connection->socket, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline_ms)) continue;
    why_set(connection->why, "the TLS handshake was not answered in time");
    return false;
  }
}

bool tls_pin(const struct connection *connection, char pin[PIN_SIZE]) {
  X509 *certificate = SSL_get1_peer_certificate(connection->tls);
  unsigned char *der = NULL, digest[SHA256_DIGEST_LENGTH];
  const int length = certificate == NULL ? -1 : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (length > 0) {
    SHA256(der, (size_t)length, digest);
    memcpy(pin, "sha256:", 7);
    EVP_EncodeBlock((unsigned char *)pin + 7, digest, sizeof digest);
  }
  OPENSSL_free(der);
  X509_free(certificate);
  return length > 0;
}
