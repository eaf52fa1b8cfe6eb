using System.Globalization;

namespace NeuralNetFromScratch.Mpi;

/// <summary>The calls of this process to an MPI library. They use a separate communicator of all processes of the job.</summary>
internal sealed unsafe class MpiConnection
{
    /// <summary>The maximum length of a message. Counts are 32-bit integers, and libraries have had errors near the end of their range.</summary>
    private const int LargestMessage = 1 << 30;

    /// <summary>The number of bytes with which a long swap begins. After they have been received, the partner is known to take part in the swap.</summary>
    private const int FirstMessage = 1 << 16;

    /// <summary>The maximum number of pieces of a swap that are on their way at the same time.</summary>
    private const int MostPieces = 8;

    private const int Tag = 0;

    private const int ForwardingMicroseconds = 200_000;

    private const string Receiving = "receiving what a partner sends (all processes have to make the same calls in the same order)";

    private readonly MpiLibrary _library;
    private readonly nint _communicator;
    private readonly bool _finishes;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Held during each call, because the library allows one call at a time. It is never held while waiting.</summary>
    private readonly Lock _calls = new();

    /// <summary>Joins the processes that a launcher started.</summary>
    /// <param name="library">The functions of MPI.</param>
    /// <exception cref="InvalidOperationException">MPI cannot be started.</exception>
    public MpiConnection(MpiLibrary library)
    {
        _library = library;
        int has = 0, level = 0, rank = 0, size = 0;
        nint communicator = 0;
        library.Check(library.Finalized(&has), "looking for its state");
        if (has != 0)
            throw new InvalidOperationException("this process has left its MPI cluster, which MPI does not let it join again; keep one cluster until the end of the program");
        library.Check(library.Initialized(&has), "looking for its state");
        _finishes = has == 0;
        library.Check(_finishes ? library.InitThread(null, null, library.Serialized, &level) : library.QueryThread(&level), "starting");
        library.Check(library.Duplicate(library.World, &communicator), "copying the communicator of all processes");
        // MPICH reports the errors of a request to the error handler of MPI_COMM_WORLD.
        library.Check(library.SetErrorHandler(library.World, library.ErrorsReturn), "setting how errors are returned");
        library.Check(library.SetErrorHandler(communicator, library.ErrorsReturn), "setting how errors are returned");
        library.Check(library.Rank(communicator, &rank), "asking for the rank");
        library.Check(library.Size(communicator, &size), "asking for the number of processes");
        (_communicator, Rank, RankCount, AllowsAnyThread) = (communicator, rank, size, level >= library.Serialized);
    }

    public int Rank { get; }

    public int RankCount { get; }

    public bool AllowsAnyThread { get; }

    /// <summary>The library's name and version.</summary>
    public string Version => _library.Version;

    /// <summary>Sends bytes to a partner and receives the same number of bytes from it.</summary>
    /// <exception cref="InvalidOperationException">MPI fails, the partner sends a different number of bytes, or this thread may not make calls.</exception>
    public void Swap(ReadOnlySpan<byte> sent, Span<byte> received, int partner)
    {
        CheckThread();
        fixed (byte* from = sent, to = received)
        {
            for (int done = 0; done < sent.Length;)
            {
                int length = done == 0 && sent.Length > 2 * FirstMessage ? FirstMessage : Math.Min(LargestMessage, sent.Length - done);
                Swap(from + done, to + done, length, partner, onTheWay: done > 0 ? length : 0);
                done += length;
            }
        }
    }

    /// <summary>
    /// Sends bytes to a partner and receives the same number of bytes from it, in pieces. While the receiver processes a piece, as many of the next ones as the buffer
    /// holds are on their way. The first piece is swapped alone, so that a partner that makes another call is noticed before more requests are open.
    /// </summary>
    /// <exception cref="InvalidOperationException">MPI fails, the partner sends a different number of bytes, or this thread may not make calls.</exception>
    public void SwapPieces<TReceiver>(ReadOnlySpan<byte> sent, Span<byte> buffer, int pieceLength, int partner, TReceiver receiver)
        where TReceiver : IPieceReceiver, allows ref struct
    {
        CheckThread();
        int pieces = (int)(((long)sent.Length + pieceLength - 1) / pieceLength), places = Math.Clamp(buffer.Length / pieceLength, 1, MostPieces);
        nint* receives = stackalloc nint[MostPieces], sends = stackalloc nint[MostPieces];
        new Span<nint>(receives, MostPieces).Clear();
        new Span<nint>(sends, MostPieces).Clear();
        fixed (byte* from = sent, to = buffer)
        {
            int begun = 0;
            for (int piece = 0; piece < pieces; piece++)
            {
                BeginUntil(piece == 0 ? 1 : piece + places, from, to, sent.Length);
                int length = Length(piece, sent.Length);
                Complete(length, partner, &receives[Place(piece)], &sends[Place(piece)], onTheWay: piece == 0 ? 0 : pieceLength * (begun - piece));
                BeginUntil(piece + places, from, to, sent.Length);
                receiver.Receive(Start(piece), new ReadOnlySpan<byte>(to + Place(piece) * pieceLength, length));
            }

            void BeginUntil(int end, byte* from, byte* to, int whole)
            {
                for (; begun < Math.Min(end, pieces); begun++)
                    Begin(from + Start(begun), to + Place(begun) * pieceLength, Length(begun, whole), partner, &receives[Place(begun)], &sends[Place(begun)]);
            }
        }

        int Start(int piece) => piece * pieceLength;

        int Length(int piece, int whole) => Math.Min(pieceLength, whole - Start(piece));

        int Place(int piece) => piece % places;
    }

    /// <summary>Collects a record of each process, in the order of ranks. All processes make this call.</summary>
    public byte[] Gather(ReadOnlySpan<byte> record)
    {
        CheckThread();
        var all = new byte[record.Length * RankCount];
        fixed (byte* from = record, to = all)
        {
            lock (_calls)
                _library.Check(_library.AllGather(from, record.Length, _library.Byte, to, record.Length, _library.Byte, _communicator), "gathering what the processes are");
        }

        return all;
    }

    /// <summary>
    /// Leaves the cluster when all processes do. If another process still waits for bytes from this process, ends all processes, because it would wait forever.
    /// </summary>
    public void Leave()
    {
        nint barrier = 0;
        lock (_calls)
            _library.Check(_library.Barrier(_communicator, &barrier), "leaving");
        byte* status = stackalloc byte[MpiLibrary.StatusBytes];
        for (var patience = new Patience(); !IsDone(&barrier, status, "leaving"); patience.Wait())
        {
            int isWaiting = 0;
            lock (_calls)
                _library.Check(_library.Probe(_library.AnySource, Tag, _communicator, &isWaiting, status), "leaving");
            if (isWaiting != 0)
                Abort("left the cluster, and another process waits for its bytes: not all processes came to the end of the work");
        }

        nint communicator = _communicator;
        lock (_calls)
        {
            _library.Check(_library.Free(&communicator), "leaving");
            if (_finishes)
                _library.Check(_library.Finish(), "leaving");
        }
    }

    /// <summary>Writes a line to the standard error stream and ends all processes of the job.</summary>
    /// <exception cref="InvalidOperationException">MPI did not end them.</exception>
    public void Abort(string reason)
    {
#pragma warning disable RS0030 // There is no other way to report why a job with many processes ended.
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rank {Rank} of {RankCount}: {reason}"));
        Console.Error.Flush();
#pragma warning restore RS0030
        // Launchers forward the line. MPICH's launcher loses it if the processes end at the same moment.
        Patience.Sleep(ForwardingMicroseconds);
        // A call that does not return holds the lock. In this case, this call is made without the lock.
        bool isAlone = _calls.TryEnter(TimeSpan.FromSeconds(1));
        try
        {
            _library.Check(_library.Abort(_library.World, 1), "ending all processes");
        }
        finally
        {
            if (isAlone)
                _calls.Exit();
        }

        throw new InvalidOperationException("MPI did not end the processes: " + reason);
    }

    private void Swap(byte* from, byte* to, int length, int partner, int onTheWay)
    {
        nint receive = 0, send = 0;
        Begin(from, to, length, partner, &receive, &send);
        Complete(length, partner, &receive, &send, onTheWay);
    }

    private void Begin(byte* from, byte* to, int length, int partner, nint* receive, nint* send)
    {
        lock (_calls)
        {
            _library.Check(_library.Receive(to, length, _library.Byte, partner, Tag, _communicator, receive), Receiving);
            _library.Check(_library.Send(from, length, _library.Byte, partner, Tag, _communicator, send), "sending");
        }
    }

    private void Complete(int length, int partner, nint* receive, nint* send, int onTheWay)
    {
        int count = 0;
        byte* status = stackalloc byte[MpiLibrary.StatusBytes];
        for (var patience = new Patience(onTheWay); !IsDone(receive, status, Receiving); patience.Wait())
        {
        }

        lock (_calls)
            _library.Check(_library.GetCount(status, _library.Byte, &count), Receiving);
        for (var patience = new Patience(onTheWay); !IsDone(send, status, "sending"); patience.Wait())
        {
        }

        if (count != length)
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"rank {partner} sent {count} bytes where rank {Rank} sent {length}; all processes have to make the same calls in the same order"));
    }

    private bool IsDone(nint* request, byte* status, string doing)
    {
        int isDone = 0;
        lock (_calls)
            _library.Check(_library.Test(request, &isDone, status), doing);
        return isDone != 0;
    }

    private void CheckThread()
    {
        if (!AllowsAnyThread && Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("this MPI library allows calls only on the thread that joined the cluster, and another one made a call");
    }
}
