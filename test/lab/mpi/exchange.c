/*
 * exchange ring|stencil|all-to-all ROUNDS BYTES PERIOD: a bulk-synchronous MPI program. In each round every rank sends BYTES to
 * each of its partners and receives as much, and then computes (sleeps) until PERIOD ms have passed since the round began. The
 * partners are the two neighbours on a ring, those on a grid without wrap-around, or everybody. Rank 0 prints what each rank sent.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { max_partners = 4 };

static int rank, size, partners[max_partners], partner_count;
static MPI_Comm grid = MPI_COMM_WORLD;

static void add_partner(int other)
{
	if (other != MPI_PROC_NULL && other != rank)
		partners[partner_count++] = other;
}

static void find_ring(void)
{
	add_partner((rank + 1) % size);
	add_partner((rank + size - 1) % size);
}

static void find_grid(void)
{
	int sides[2] = { 0, 0 }, wraps[2] = { 0, 0 };

	MPI_Dims_create(size, 2, sides);
	MPI_Cart_create(MPI_COMM_WORLD, 2, sides, wraps, 0, &grid);
	for (int dimension = 0; dimension < 2; dimension++) {
		int before, after;

		MPI_Cart_shift(grid, dimension, 1, &before, &after);
		add_partner(before);
		add_partner(after);
	}
}

static void exchange_with_partners(char *out, char *in, int bytes)
{
	MPI_Request requests[2 * max_partners];

	for (int n = 0; n < partner_count; n++) {
		MPI_Irecv(in + (size_t)n * bytes, bytes, MPI_BYTE, partners[n], 0, grid, &requests[2 * n]);
		MPI_Isend(out + (size_t)n * bytes, bytes, MPI_BYTE, partners[n], 0, grid, &requests[2 * n + 1]);
	}
	MPI_Waitall(2 * partner_count, requests, MPI_STATUSES_IGNORE);
}

int main(int count, char **arguments)
{
	MPI_Init(&count, &arguments);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	if (count != 5) {
		fprintf(stderr, "exchange ring|stencil|all-to-all ROUNDS BYTES PERIOD\n");
		MPI_Abort(MPI_COMM_WORLD, 2);
	}
	int rounds = atoi(arguments[2]), bytes = atoi(arguments[3]), is_ring = !strcmp(arguments[1], "ring");
	double period = atoi(arguments[4]) / 1e3;
	int is_all = !strcmp(arguments[1], "all-to-all");
	char *out = calloc(size, bytes), *in = calloc(size, bytes);

	if (is_ring)
		find_ring();
	else if (!is_all)
		find_grid();
	for (int round = 0; round < rounds; round++) {
		double began = MPI_Wtime();

		if (is_all)
			MPI_Alltoall(out, bytes, MPI_BYTE, in, bytes, MPI_BYTE, MPI_COMM_WORLD);
		else
			exchange_with_partners(out, in, bytes);
		double left = began + period - MPI_Wtime();
		if (left > 0)
			usleep(left * 1e6);
	}
	if (rank == 0)
		printf("%d ranks, %lld bytes to each partner\n", size, (long long)rounds * bytes);
	free(out);
	free(in);
	MPI_Finalize();
	return 0;
}
