/* A resolver that answers from a file: $SRV_MESSAGE is what the domain name system says to the question for
 * $SRV_NAME. Anything else does not exist. To be loaded before the C library. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int res_search(const char *name, int class, int type, unsigned char *answer, int length)
{
	const char *known = getenv("SRV_NAME"), *file = getenv("SRV_MESSAGE");
	fprintf(stderr, "asked for %s, class %d, type %d\n", name, class, type);
	if (!known || !file || strcmp(name, known) != 0) {
		h_errno = HOST_NOT_FOUND;
		return -1;
	}
	FILE *stream = fopen(file, "rb");
	if (!stream) {
		h_errno = TRY_AGAIN;
		return -1;
	}
	int size = (int)fread(answer, 1, (size_t)length, stream);
	fclose(stream);
	return size;
}
