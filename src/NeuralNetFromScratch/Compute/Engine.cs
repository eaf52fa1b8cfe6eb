using System.Globalization;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// What computes: a team of worker threads, their buffers, and the widest vector registers that the processor has. An engine does
/// one thing at a time; results have the same bits for any number of threads. Its threads start with the first work, end by
/// themselves when idle, and need no disposal.
/// </summary>
public sealed class Engine
{
    private readonly WorkerTeam _team;
    private readonly PackSpace[] _spaces;
    private int _activeThreads;

    /// <summary>Creates an engine.</summary>
    /// <param name="threadCount">
    /// The number of threads that work together, the calling thread included; positive. Default: the number of cores that the process may use, of
    /// performance cores where there are two kinds. The maximum is <see cref="Environment.ProcessorCount"/>: larger values are lowered to it.
    /// </param>
    /// <param name="emulateFusedMultiplyAdd">
    /// Whether a processor without fused multiply-add computes as one with it (<see cref="MultiplyAddKind.EmulatedFused"/>), at many times the cost. Default: false;
    /// it has no effect where <see cref="HasFusedMultiplyAdd"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threadCount"/> is not positive.</exception>
    public Engine(int? threadCount = null, bool emulateFusedMultiplyAdd = false)
        : this(
            Math.Min(Positive(threadCount ?? ProcessorCores.Count), Environment.ProcessorCount),
            emulateFusedMultiplyAdd ? SimdWidths.BestFused : SimdWidths.Best,
            rests: true)
    {
    }

    /// <summary>One thread, with the registers of another engine.</summary>
    internal Engine(SimdWidth width)
        : this(1, width, rests: true)
    {
    }

    /// <summary>Creates an engine for tests with exactly this number of threads, all of which are always used, and a given register width.</summary>
    internal Engine(int threadCount, SimdWidth width)
        : this(threadCount, width, rests: false)
    {
    }

    /// <summary>Creates an engine that simulates a number of threads on the thread of the caller.</summary>
    internal Engine(int threadCount, SimdWidth width, IJobClock clock)
        : this(WorkerTeam.Simulated(threadCount, clock), width, rests: false)
    {
    }

    private Engine(int threadCount, SimdWidth width, bool rests)
        : this(new WorkerTeam(threadCount, rests), width, rests)
    {
    }

    private Engine(WorkerTeam team, SimdWidth width, bool rests)
    {
        _team = team;
        Rests = rests;
        _activeThreads = team.Workers;
        _spaces = new PackSpace[team.Workers];
        for (int worker = 0; worker < _spaces.Length; worker++)
            _spaces[worker] = new PackSpace();
        Width = width;
    }

    /// <summary>Whether the processor has fused multiply-add, <c>a·b + c</c> rounded once: x64 with AVX2, ARM64.</summary>
    public static bool HasFusedMultiplyAdd => EmulatedMultiplyAdd.IsFused;

    /// <summary>The number of threads that work together.</summary>
    public int ThreadCount => _team.Workers;

    /// <summary>How sums of products are computed. Results of engines of the same kind, and of the first two kinds, have the same bits.</summary>
    public MultiplyAddKind MultiplyAdd => Width.MultiplyAdd();

    internal SimdWidth Width { get; }

    /// <summary>Whether fewer threads are used where that is faster.</summary>
    internal bool Rests { get; }

    /// <summary>The number of threads that work is divided among at the moment: 1 to <see cref="ThreadCount"/>.</summary>
    internal int ActiveThreads
    {
        get => Volatile.Read(ref _activeThreads);
        set => Volatile.Write(ref _activeThreads, Math.Clamp(value, 1, ThreadCount));
    }

    /// <summary>
    /// The matrix product C = A·B on the engine's threads. Transposed views (see <see cref="ReadOnlyMatrixView.Transposed"/>)
    /// cost next to nothing.
    /// </summary>
    /// <param name="left">A: [rows, depth].</param>
    /// <param name="right">B: [depth, columns].</param>
    /// <param name="destination">C: [rows, columns]; what it held is overwritten. It must not share memory with A or B.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or C overlaps A or B.</exception>
    public void Multiply(ReadOnlyMatrixView left, ReadOnlyMatrixView right, MatrixView destination) =>
        this.Multiply(left, right, destination, default);

    /// <summary>Returns threads, registers and multiply-add, such as "8 threads, 256-bit registers, fused multiply-add".</summary>
    public override string ToString()
    {
        string registers = Width.BitCount() is > 0 and var bits ? string.Create(CultureInfo.InvariantCulture, $"{bits}-bit registers") : "no vector registers";
        return string.Create(CultureInfo.InvariantCulture, $"{ThreadCount} thread{(ThreadCount == 1 ? "" : "s")}, {registers}, {MultiplyAdd.Text()}");
    }

    /// <summary>
    /// Returns the number of workers for some work: one for each grain, but not so many that the caller takes longer to hand out the parts than a worker takes for a
    /// part.
    /// </summary>
    internal int WorkersFor(long work, long grain)
    {
        long grains = work / grain;
        if (grains > Tuning.HandoutsInGrain)
            grains = (long)Math.Sqrt((double)Tuning.HandoutsInGrain * grains);
        return (int)Math.Clamp(grains, 1, ActiveThreads);
    }

    /// <summary>
    /// Divides the threads among engines of their own, as evenly as possible. While a job of this engine runs with one worker for each of them, worker <c>t</c> may use
    /// engine <c>t</c>.
    /// </summary>
    /// <param name="teams">The number of engines, at most <see cref="ThreadCount"/>.</param>
    internal Engine[] Divide(int teams) => [.. _team.Divide(teams).Select(team => new Engine(team, Width, Rests))];

    internal PackSpace Space(int worker) => _spaces[worker];

    /// <summary>Runs a job on the first workers and waits for them.</summary>
    internal void Run<TJob>(TJob job, int workers)
        where TJob : struct, IJob, allows ref struct => _team.Run(job, workers);

    private static int Positive(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threadCount);
        return threadCount;
    }
}

/// <summary>
/// How an <see cref="Engine"/> computes each step <c>c ← a·b + c</c> of a sum of products: of matrix products, convolutions, sparse products and norms.
/// Functions such as exp and the updates of optimizers have the same bits with each.
/// </summary>
public enum MultiplyAddKind
{
    /// <summary>By the processor's instruction, which rounds once.</summary>
    Fused,

    /// <summary>In double precision, rounded as the instruction rounds: the bits of <see cref="Fused"/>, on a processor without it.</summary>
    EmulatedFused,

    /// <summary>A multiplication and an addition, each rounded: results agree with those of the other kinds to rounding.</summary>
    Unfused,
}

/// <summary>What is said of a <see cref="MultiplyAddKind"/>.</summary>
internal static class MultiplyAddText
{
    public static string Text(this MultiplyAddKind kind) => kind switch
    {
        MultiplyAddKind.Fused => "fused multiply-add",
        MultiplyAddKind.EmulatedFused => "emulated fused multiply-add",
        _ => "multiply-add rounded twice",
    };
}
