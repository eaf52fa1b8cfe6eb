using System.Runtime.InteropServices;
using System.Text;

namespace NeuralNetFromScratch.Mpi;

/// <summary>
/// The functions of an MPI library, and the values that differ between the three binary interfaces: that of Open MPI, where handles are addresses; that of MPICH,
/// where handles are integers; and the standard interface of MPI 5 (section 20). Handles are passed as words. Requests are stored in words that are initialized to
/// zero.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>The length of a buffer for the MPI_Status of any library. The longest is that of the standard interface, with 32 bytes.</summary>
    public const int StatusBytes = 64;

    private const int LongestVersion = 8192, LongestError = 1024;

    public readonly delegate* unmanaged[Cdecl]<int*, int> Initialized, Finalized, QueryThread;
    public readonly delegate* unmanaged[Cdecl]<void*, void*, int, int*, int> InitThread;
    public readonly delegate* unmanaged[Cdecl]<int> Finish;
    public readonly delegate* unmanaged[Cdecl]<nint, nint*, int> Duplicate;
    public readonly delegate* unmanaged[Cdecl]<nint*, int> Free;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> SetErrorHandler;
    public readonly delegate* unmanaged[Cdecl]<nint, int*, int> Rank, Size;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int> Abort;
    public readonly delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, int> AllGather;
    public readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int> Send, Receive;
    public readonly delegate* unmanaged[Cdecl]<nint*, int*, void*, int> Test;
    public readonly delegate* unmanaged[Cdecl]<void*, nint, int*, int> GetCount;
    public readonly delegate* unmanaged[Cdecl]<int, int, nint, int*, void*, int> Probe;
    public readonly delegate* unmanaged[Cdecl]<nint, nint*, int> Barrier;

    /// <summary>MPI_COMM_WORLD, MPI_BYTE and MPI_ERRORS_RETURN.</summary>
    public readonly nint World, Byte, ErrorsReturn;

    /// <summary>MPI_ANY_SOURCE and MPI_THREAD_SERIALIZED.</summary>
    public readonly int AnySource, Serialized;

    private readonly delegate* unmanaged[Cdecl]<int, byte*, int*, int> _errorString;

    /// <summary>Gets the functions of a loaded library.</summary>
    /// <param name="module">The library.</param>
    /// <param name="name">The name or path of the library.</param>
    /// <exception cref="InvalidOperationException">A function is missing, or the library has an unknown binary interface.</exception>
    private MpiLibrary(nint module, string name)
    {
        Initialized = (delegate* unmanaged[Cdecl]<int*, int>)Function("MPI_Initialized");
        Finalized = (delegate* unmanaged[Cdecl]<int*, int>)Function("MPI_Finalized");
        QueryThread = (delegate* unmanaged[Cdecl]<int*, int>)Function("MPI_Query_thread");
        InitThread = (delegate* unmanaged[Cdecl]<void*, void*, int, int*, int>)Function("MPI_Init_thread");
        Finish = (delegate* unmanaged[Cdecl]<int>)Function("MPI_Finalize");
        Duplicate = (delegate* unmanaged[Cdecl]<nint, nint*, int>)Function("MPI_Comm_dup");
        Free = (delegate* unmanaged[Cdecl]<nint*, int>)Function("MPI_Comm_free");
        SetErrorHandler = (delegate* unmanaged[Cdecl]<nint, nint, int>)Function("MPI_Comm_set_errhandler");
        Rank = (delegate* unmanaged[Cdecl]<nint, int*, int>)Function("MPI_Comm_rank");
        Size = (delegate* unmanaged[Cdecl]<nint, int*, int>)Function("MPI_Comm_size");
        Abort = (delegate* unmanaged[Cdecl]<nint, int, int>)Function("MPI_Abort");
        AllGather = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Allgather");
        Send = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int>)Function("MPI_Isend");
        Receive = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int>)Function("MPI_Irecv");
        Test = (delegate* unmanaged[Cdecl]<nint*, int*, void*, int>)Function("MPI_Test");
        GetCount = (delegate* unmanaged[Cdecl]<void*, nint, int*, int>)Function("MPI_Get_count");
        Probe = (delegate* unmanaged[Cdecl]<int, int, nint, int*, void*, int>)Function("MPI_Iprobe");
        Barrier = (delegate* unmanaged[Cdecl]<nint, nint*, int>)Function("MPI_Ibarrier");
        _errorString = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)Function("MPI_Error_string");

        Version = ReadVersion((delegate* unmanaged[Cdecl]<byte*, int*, int>)Function("MPI_Get_library_version"));
        if (Path.GetFileName(name).StartsWith("libmpi_abi.", StringComparison.Ordinal))
            (World, Byte, ErrorsReturn, AnySource, Serialized) = (0x101, 0x247, 0x142, -1, 2048);
        else if (NativeLibrary.TryGetExport(module, "ompi_mpi_comm_world", out World))
            (Byte, ErrorsReturn, AnySource, Serialized) = (Function("ompi_mpi_byte"), Function("ompi_mpi_errors_return"), -1, 2);
        else if (Version.Contains("MPICH", StringComparison.Ordinal) || Version.Contains("MVAPICH", StringComparison.Ordinal) || Version.Contains("Intel(R) MPI", StringComparison.Ordinal))
            (World, Byte, ErrorsReturn, AnySource, Serialized) = (0x44000000, 0x4c00010d, 0x54000001, -2, 2);
        else
            throw new InvalidOperationException($"the library {name} is \"{Version}\", whose binary interface is not known; Open MPI, MPICH and libraries with the standard interface of MPI 5 (libmpi_abi) are");

        nint Function(string function) => NativeLibrary.TryGetExport(module, function, out nint address)
            ? address
            : throw new InvalidOperationException($"the library {name} has no function {function}: it is no MPI library, or older than MPI 3.0");
    }

    /// <summary>The name and version that the library reports.</summary>
    public string Version { get; }

    /// <summary>Loads a library; returns null if there is no library of this name.</summary>
    /// <exception cref="InvalidOperationException">The library is not a supported MPI library.</exception>
    public static MpiLibrary? TryLoad(string name)
    {
        SetBeforeLoading();
        return NativeLibrary.TryLoad(name, out nint module) ? new MpiLibrary(module, name) : null;
    }

    /// <summary>Throws if a call failed.</summary>
    /// <param name="code">The return value of the call.</param>
    /// <param name="doing">The purpose of the call, for the message.</param>
    public void Check(int code, string doing)
    {
        if (code == 0)
            return;
        byte* text = stackalloc byte[LongestError];
        int length = 0;
        string reason = _errorString(code, text, &length) == 0 ? Encoding.UTF8.GetString(text, Math.Min(length, LongestError)).TrimEnd() : $"error {code}";
        throw new InvalidOperationException($"MPI failed while {doing}: {reason}");
    }

    private static string ReadVersion(delegate* unmanaged[Cdecl]<byte*, int*, int> getVersion)
    {
        var text = new byte[LongestVersion];
        int length = 0;
        fixed (byte* start = text)
        {
            if (getVersion(start, &length) != 0)
                return "unknown";
        }

        // "Open MPI v4.1.4, package: …", or "MPICH Version:\t4.0.2" and further lines.
        return Encoding.UTF8.GetString(text, 0, Math.Clamp(length, 0, text.Length)).Split('\n', '\0', ',')[0].Trim().Replace('\t', ' ');
    }

    /// <summary>
    /// Prevents UCX, which transports messages for several MPI libraries, from replacing the handlers of signals for processor faults. The runtime needs these
    /// signals, for example to throw a <see cref="NullReferenceException"/>. The variable must be set in the environment of the C library, because the runtime has
    /// only a copy of it.
    /// </summary>
    private static void SetBeforeLoading()
    {
        if (!NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "setenv", out nint setEnvironment))
            return;
        fixed (byte* name = "UCX_ERROR_SIGNALS\0"u8, nothing = "\0"u8)
            ((delegate* unmanaged[Cdecl]<byte*, byte*, int, int>)setEnvironment)(name, nothing, 0);
    }
}
