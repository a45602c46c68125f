/* upperd - says on port 7777 what it hears, louder */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void shout(int fd)
{
	char buf[512];
	ssize_t n, i;

	while ((n = read(fd, buf, sizeof buf)) > 0) {
		for (i = 0; i < n; i++)
			buf[i] = (char)toupper((unsigned char)buf[i]);
		if (write(fd, buf, (size_t)n) != n)
			break;
	}
}

int main(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(7777) };
	int s = socket(AF_INET, SOCK_STREAM, 0);
	int fd;

	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(s, 8) < 0) {
		perror("upperd");
		return 1;
	}
	while ((fd = accept(s, NULL, NULL)) >= 0) {
		shout(fd);
		close(fd);
	}
	return 0;
}
