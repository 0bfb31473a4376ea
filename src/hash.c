// Enters: bytes, fds, paths. Leaves: digests. May touch: the files it hashes.
#include "hash.h"
#include "fail.h"
#include "mem.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

struct hash {
	EVP_MD_CTX *context;
};

static void must(int ok)
{
	if (ok != 1)
		fail(EXIT_HOST, "libcrypto cannot compute SHA-256; is it in a restricted mode?");
}

struct hash *hash_start(void)
{
	struct hash *hash = mem_new(sizeof *hash);
	hash->context = EVP_MD_CTX_new();
	must(hash->context && EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL));
	return hash;
}

void hash_add(struct hash *hash, const void *bytes, size_t count)
{
	must(EVP_DigestUpdate(hash->context, bytes, count));
}

const char *hash_end(struct hash *hash)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned length;
	must(EVP_DigestFinal_ex(hash->context, raw, &length));
	EVP_MD_CTX_free(hash->context);
	char *hex = mem_new(2 * length + 1);
	for (unsigned i = 0; i < length; i++) {
		hex[2 * i] = digits[raw[i] >> 4];
		hex[2 * i + 1] = digits[raw[i] & 15];
	}
	return hex;
}

const char *hash_text(const char *text)
{
	struct hash *hash = hash_start();
	hash_add(hash, text, strlen(text));
	return hash_end(hash);
}

const char *hash_file(const char *path)
{
	static char buffer[1 << 17];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	struct hash *hash = hash_start();
	ssize_t count;
	while ((count = read(fd, buffer, sizeof buffer)) > 0)
		hash_add(hash, buffer, (size_t)count);
	close(fd);
	const char *digest = hash_end(hash);
	return count < 0 ? NULL : digest;
}
