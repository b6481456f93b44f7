/*
 * replay RANK COUNT FIRST PORT: one process of an application whose traffic matrix is given.
 *
 * Rank n has the address FIRST + n. The processes join one another by one TCP connection a pair. Commands on standard input, a
 * line each; answers and what happens on standard output, a line each:
 *
 *   connect                 connects to all higher ranks; "connected" once all are joined
 *   send PERIOD R0 R1 ...   from now on sends R bytes a second to each rank, in pieces of what is due in PERIOD ms, or of 256 bytes:
 *                           headers would make much of a byte at a time, as no program sends
 *   noise RATE SEED         and RATE bytes a second more, a little at a time, to ranks that the seed draws
 *   log T                   "log W0 F0 W1 F1 ...": bytes written to each rank until the time T, in ms since the epoch, and bytes of the
 *                           Ethernet frames that took them
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { max_ranks = 256, tick_ms = 10, noise_ms = 20, piece_bytes = 1 << 20, least_bytes = 256, line_bytes = 1 << 14, remembered = 128 };

/* Ethernet, IPv4, and TCP with timestamps. */
enum { header_bytes = 14 + 20 + 32 };

/* When a piece was written, and all that had been with it. */
struct piece {
	double at_ms;
	uint64_t written;
};

struct peer {
	int socket;
	double rate;	/* bytes a second */
	double due;	/* bytes that should have been sent and were not */
	double noise;	/* of those, what no period holds back */
	uint64_t written;
	struct piece pieces[remembered];
	unsigned count;	/* of all pieces ever */
};

static struct peer peers[max_ranks];
static int rank, count, joined, epoll, listener;
static uint32_t first;
static uint16_t port;
static double period_s = 0.1, noise_rate;
static uint64_t noise_state;
static char zeros[piece_bytes];

static void fail(const char *what)
{
	fprintf(stderr, "rank %d: %s: %s\n", rank, what, strerror(errno));
	exit(1);
}

static void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static double epoch_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double drawn(void) /* 0 to 1 */
{
	noise_state ^= noise_state << 13;
	noise_state ^= noise_state >> 7;
	noise_state ^= noise_state << 17;
	return (noise_state >> 11) / 9007199254740992.0;
}

static struct sockaddr_in address_of(int other)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };

	address.sin_addr.s_addr = htonl(first + other);
	return address;
}

static void watch(int descriptor, uint64_t data)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = data };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event))
		fail("epoll_ctl");
}

static void join(int other, int descriptor)
{
	if (other < 0 || other >= count || other == rank || peers[other].socket)
		fail("an unexpected connection");
	if (fcntl(descriptor, F_SETFL, O_NONBLOCK))
		fail("fcntl");
	if (setsockopt(descriptor, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5))
		fail("cubic");
	peers[other].socket = descriptor;
	watch(descriptor, other);
	if (++joined == count - 1)
		say("connected");
}

static void await_connection(int descriptor)
{
	struct pollfd wanted = { .fd = descriptor, .events = POLLOUT };
	socklen_t length = sizeof(errno);

	if (poll(&wanted, 1, -1) != 1 || getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &errno, &length) || errno)
		fail("connect");
}

static void connect_all(void)
{
	int descriptors[max_ranks];

	for (int other = rank + 1; other < count; other++) {
		struct sockaddr_in address = address_of(other);

		descriptors[other] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (connect(descriptors[other], (struct sockaddr *)&address, sizeof(address)) && errno != EINPROGRESS)
			fail("connect");
	}
	for (int other = rank + 1; other < count; other++) {
		await_connection(descriptors[other]);
		join(other, descriptors[other]);
	}
}

static void listen_all(void)
{
	struct sockaddr_in address = address_of(rank);
	int one = 1;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, max_ranks))
		fail("listen");
}

static void accept_all(void)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);
	int descriptor;

	while ((descriptor = accept(listener, (struct sockaddr *)&address, &length)) >= 0)
		join(ntohl(address.sin_addr.s_addr) - first, descriptor);
	if (errno != EAGAIN)
		fail("accept");
}

static void discard(int other)
{
	static char bytes[1 << 16];
	ssize_t length;

	do
		length = recv(peers[other].socket, bytes, sizeof(bytes), 0);
	while (length == sizeof(bytes));
	if (length == 0 || (length < 0 && errno != EAGAIN))
		fail("a connection ended");
}

/* What the connection does not take stays due, up to a second's worth: who was held back does not make up for it later. */
static void send_due(struct peer *peer, double seconds)
{
	double most = fmax(peer->rate + noise_rate, least_bytes);
	double piece = fmax(peer->rate * period_s, least_bytes);

	peer->due += peer->rate * seconds;
	if (peer->due > most)
		peer->due = most;
	if (peer->due < 1 || (peer->due < piece && peer->noise < 1))
		return;
	double at_ms = epoch_ms();
	ssize_t length = send(peer->socket, zeros, peer->due < piece_bytes ? peer->due : piece_bytes, MSG_NOSIGNAL);
	if (length < 0 && errno != EAGAIN)
		fail("send");
	peer->noise = 0;
	if (length > 0) {
		peer->due -= length;
		peer->written += length;
		peer->pieces[peer->count++ % remembered] = (struct piece){ at_ms, peer->written };
	}
}

static void draw_noise(void)
{
	struct peer *peer = &peers[(rank + 1 + (int)(drawn() * (count - 1))) % count];
	double bytes = 2 * drawn() * noise_rate * noise_ms / 1000;

	peer->due += bytes;
	peer->noise += bytes;
}

static void tick(void)
{
	static double last_s, noise_s;
	double at_s = now_s(), seconds = last_s ? at_s - last_s : 0;

	last_s = at_s;
	for (noise_s += seconds; noise_s > noise_ms / 1e3; noise_s -= noise_ms / 1e3)
		if (noise_rate > 0)
			draw_noise();
	for (int other = 0; other < count; other++)
		if (peers[other].socket)
			send_due(&peers[other], seconds);
}

static uint64_t written_until(const struct peer *peer, double at_ms)
{
	unsigned oldest = peer->count > remembered ? peer->count - remembered : 0;

	for (unsigned n = peer->count; n > oldest; n--) {
		const struct piece *piece = &peer->pieces[(n - 1) % remembered];

		if (piece->at_ms <= at_ms)
			return piece->written;
	}
	if (oldest > 0) {
		errno = ERANGE;
		fail("asked for what was long ago");
	}
	return 0;
}

/* The kernel tells the frames of now only. Those of the last few pieces are taken to be like the others. */
static void tell_log(double at_ms)
{
	printf("log");
	for (int other = 0; other < count; other++) {
		struct peer *peer = &peers[other];
		struct tcp_info info = { 0 };
		socklen_t length = sizeof(info);

		if (peer->socket && getsockopt(peer->socket, IPPROTO_TCP, TCP_INFO, &info, &length))
			fail("TCP_INFO");
		double framed = info.tcpi_bytes_sent + (double)info.tcpi_segs_out * header_bytes;
		uint64_t written = written_until(peer, at_ms);

		printf(" %llu %.0f", (unsigned long long)written,
		       peer->written ? framed * written / peer->written : framed);
	}
	say("");
}

static void set_rates(char *words)
{
	double spread = (rank * 0.618 - (int)(rank * 0.618));

	period_s = strtod(words, &words) / 1000;
	for (int other = 0; other < count; other++) {
		peers[other].rate = strtod(words, &words);
		/* Out of step with the others, as processes are. */
		spread += 0.618;
		spread -= (int)spread;
		peers[other].due = spread * peers[other].rate * period_s;
	}
}

static void obey(char *line)
{
	if (!strcmp(line, "connect"))
		connect_all();
	else if (!strncmp(line, "send ", 5))
		set_rates(line + 5);
	else if (!strncmp(line, "noise ", 6)) {
		char *rest;

		noise_rate = strtod(line + 6, &rest);
		noise_state = strtoull(rest, NULL, 10) * 0x9e3779b97f4a7c15 + rank + 1;
	} else if (!strncmp(line, "log ", 4))
		tell_log(strtod(line + 4, NULL));
	else
		fail(line);
}

static void read_commands(void)
{
	static char text[line_bytes];
	static size_t filled;
	ssize_t length = read(0, text + filled, sizeof(text) - filled);
	char *end;

	if (length <= 0)
		exit(0);
	filled += length;
	while ((end = memchr(text, '\n', filled))) {
		*end++ = 0;
		obey(text);
		filled -= end - text;
		memmove(text, end, filled);
	}
	if (filled == sizeof(text))
		fail("a command is too long");
}

int main(int arguments, char **argument)
{
	enum { commands = max_ranks, connections, ticks };
	struct itimerspec every = { .it_interval.tv_nsec = tick_ms * 1000000, .it_value.tv_nsec = tick_ms * 1000000 };
	struct in_addr start;

	if (arguments != 5 || !inet_aton(argument[3], &start))
		return fprintf(stderr, "replay RANK COUNT FIRST PORT\n"), 2;
	rank = atoi(argument[1]);
	count = atoi(argument[2]);
	first = ntohl(start.s_addr);
	port = atoi(argument[4]);
	if (count < 2 || count > max_ranks || rank < 0 || rank >= count)
		return fprintf(stderr, "replay: 2 to %d ranks\n", max_ranks), 2;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	listen_all();
	if (timerfd_settime(timer, 0, &every, NULL))
		fail("timer");
	watch(0, commands);
	watch(listener, connections);
	watch(timer, ticks);
	say("listening");
	for (;;) {
		struct epoll_event events[64];
		int ready = epoll_wait(epoll, events, 64, -1);

		for (int n = 0; n < ready; n++) {
			uint64_t what = events[n].data.u64, expired;

			if (what == commands)
				read_commands();
			else if (what == connections)
				accept_all();
			else if (what != ticks)
				discard(what);
			else if (read(timer, &expired, sizeof(expired)) > 0)
				tick();
		}
	}
}
