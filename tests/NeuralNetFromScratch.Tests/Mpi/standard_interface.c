/* The standard binary interface of MPI 5 (section 20 of the standard) on top of MPICH 4, as far as the library calls it: handles are addresses with fixed
   values, statuses have 32 bytes, and levels of threads and "any source" have other numbers than MPICH's. */
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

typedef struct { int source, tag, error, internal[5]; } standard_status;
typedef struct { int count_low, count_high, source, tag, error; } inner_status;

static void *inner(const char *name)
{
    static void *library;
    if (!library)
        library = dlopen("libmpich.so.12", RTLD_NOW | RTLD_GLOBAL);
    return dlsym(library, name);
}

#define INNER(name, ...) ((int (*)(__VA_ARGS__))inner(name))

static int communicator(intptr_t handle) { return handle == 0x101 ? 0x44000000 : (int)handle; }
static int type(intptr_t handle) { return handle == 0x247 ? 0x4c00010d : -1; }
static int handler(intptr_t handle) { return handle == 0x142 ? 0x54000001 : -1; }
static int source(int rank) { return rank == -1 ? -2 : rank; }
static intptr_t request(int handle) { return handle == 0x2c000000 ? 0x180 : (intptr_t)(uint32_t)handle; }
static int level(int inner_level) { return inner_level * 1024 + (inner_level == 3 ? 1024 : 0); }

static void put(standard_status *status, inner_status *from)
{
    status->source = from->source;
    status->tag = from->tag;
    status->error = from->error;
    memcpy(status->internal, from, 2 * sizeof(int));
}

int MPI_Initialized(int *flag) { return INNER("MPI_Initialized", int *)(flag); }
int MPI_Finalized(int *flag) { return INNER("MPI_Finalized", int *)(flag); }
int MPI_Finalize(void) { return INNER("MPI_Finalize", void)(); }

int MPI_Init_thread(void *argc, void *argv, int required, int *provided)
{
    int result = required == 2048 ? INNER("MPI_Init_thread", void *, void *, int, int *)(argc, argv, 2, provided) : 13;
    *provided = level(*provided);
    return result;
}

int MPI_Query_thread(int *provided)
{
    int result = INNER("MPI_Query_thread", int *)(provided);
    *provided = level(*provided);
    return result;
}

int MPI_Comm_dup(intptr_t handle, intptr_t *copy)
{
    int result_handle = 0, result = INNER("MPI_Comm_dup", int, int *)(communicator(handle), &result_handle);
    *copy = (intptr_t)(uint32_t)result_handle;
    return result;
}

int MPI_Comm_free(intptr_t *handle)
{
    int old = communicator(*handle), result = INNER("MPI_Comm_free", int *)(&old);
    *handle = 0x100;
    return result;
}

int MPI_Comm_set_errhandler(intptr_t handle, intptr_t errors) { return INNER("MPI_Comm_set_errhandler", int, int)(communicator(handle), handler(errors)); }
int MPI_Comm_rank(intptr_t handle, int *rank) { return INNER("MPI_Comm_rank", int, int *)(communicator(handle), rank); }
int MPI_Comm_size(intptr_t handle, int *size) { return INNER("MPI_Comm_size", int, int *)(communicator(handle), size); }
int MPI_Abort(intptr_t handle, int code) { return INNER("MPI_Abort", int, int)(communicator(handle), code); }

int MPI_Allgather(const void *from, int count, intptr_t what, void *to, int count_to, intptr_t what_to, intptr_t handle)
{
    return INNER("MPI_Allgather", const void *, int, int, void *, int, int, int)(from, count, type(what), to, count_to, type(what_to), communicator(handle));
}

int MPI_Isend(const void *from, int count, intptr_t what, int to, int tag, intptr_t handle, intptr_t *result_request)
{
    int made = 0, result = INNER("MPI_Isend", const void *, int, int, int, int, int, int *)(from, count, type(what), to, tag, communicator(handle), &made);
    *result_request = request(made);
    return result;
}

int MPI_Irecv(void *to, int count, intptr_t what, int from, int tag, intptr_t handle, intptr_t *result_request)
{
    int made = 0, result = INNER("MPI_Irecv", void *, int, int, int, int, int, int *)(to, count, type(what), source(from), tag, communicator(handle), &made);
    *result_request = request(made);
    return result;
}

int MPI_Test(intptr_t *tested, int *flag, standard_status *status)
{
    inner_status found = {0};
    int handle = (int)*tested, result = INNER("MPI_Test", int *, int *, inner_status *)(&handle, flag, &found);
    *tested = request(handle);
    put(status, &found);
    return result;
}

int MPI_Get_count(const standard_status *status, intptr_t what, int *count)
{
    inner_status found = {status->internal[0], status->internal[1], status->source, status->tag, status->error};
    return INNER("MPI_Get_count", inner_status *, int, int *)(&found, type(what), count);
}

int MPI_Iprobe(int from, int tag, intptr_t handle, int *flag, standard_status *status)
{
    inner_status found = {0};
    int result = INNER("MPI_Iprobe", int, int, int, int *, inner_status *)(source(from), tag, communicator(handle), flag, &found);
    put(status, &found);
    return result;
}

int MPI_Ibarrier(intptr_t handle, intptr_t *result_request)
{
    int made = 0, result = INNER("MPI_Ibarrier", int, int *)(communicator(handle), &made);
    *result_request = request(made);
    return result;
}

int MPI_Error_string(int code, char *text, int *length) { return INNER("MPI_Error_string", int, char *, int *)(code, text, length); }

int MPI_Get_library_version(char *text, int *length)
{
    strcpy(text, "Standard interface 1.0, on MPICH");
    *length = (int)strlen(text);
    return 0;
}
