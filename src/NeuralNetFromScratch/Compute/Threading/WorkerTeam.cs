using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// A fixed number of workers that run jobs together: the caller is worker 0, the others are background threads. Between jobs, a thread stays awake for a moment,
/// because the next job usually follows at once; then it sleeps. After some time without work it ends, and is started again when it is needed. Therefore a team need
/// not be disposed of. Handing out a job allocates nothing.
/// </summary>
/// <remarks>
/// A caller that has finished its own part computes the parts that no helper has begun, because a helper whose core is occupied by another
/// program would wait for the scheduler in every job. The caller waits for a helper that has begun and then lost its core. If either costs more
/// than the helpers gain, the team pauses, and the caller computes all parts (<see cref="HelperBackoff"/>). A part has the same bits on every
/// worker. Waiting threads yield their core, because the scheduler may have woken a helper on the core of the thread that waits for it.
/// </remarks>
internal sealed unsafe partial class WorkerTeam
{
    /// <summary>The time for which a helper looks for the next job before it sleeps: 0.3 ms.</summary>
    private static readonly long Wakefulness = Stopwatch.Frequency * 3 / 10_000;

    private readonly Worker[] _helpers;
    private readonly Lock _busy = new();
    private readonly HelperBackoff? _backoff;
    private readonly IJobClock? _clock;
    private int _unfinished;
    private int _participants;
    private void* _job;
    private delegate*<void*, int, int, void> _entry;
    private ExceptionDispatchInfo? _failure;

    /// <param name="workers">The number of workers, including the caller.</param>
    /// <param name="rests">Whether the caller works alone for some time if that is faster.</param>
    /// <param name="startThread">Starts a thread with the specified name. Tests replace it to simulate threads that cannot be started.</param>
    public WorkerTeam(int workers, bool rests, Action<ThreadStart, string>? startThread = null)
        : this(new Worker[workers - 1], rests, clock: null)
    {
        startThread ??= static (live, name) => new Thread(live) { IsBackground = true, Name = name }.Start();
        // Staying awake helps only if every worker has its own core.
        long wakefulness = workers <= Environment.ProcessorCount ? Wakefulness : 0;
        for (int helper = 0; helper < _helpers.Length; helper++)
            _helpers[helper] = new Worker(string.Create(CultureInfo.InvariantCulture, $"NeuralNetFromScratch worker {helper + 1}"), startThread, wakefulness);
    }

    private WorkerTeam(Worker[] helpers, bool rests, IJobClock? clock)
    {
        _helpers = helpers;
        _backoff = rests ? new HelperBackoff() : null;
        _clock = clock;
    }

    /// <summary>Creates a team without threads: the caller runs all parts one after another, and a clock follows.</summary>
    public static WorkerTeam Simulated(int workers, IJobClock clock) => new(new Worker[workers - 1], rests: false, clock);

    /// <summary>The number of workers, including the caller.</summary>
    public int Workers => _helpers.Length + 1;

    /// <summary>
    /// Divides the workers among smaller teams, as evenly as possible. While a job runs on the first workers of this team, one for each smaller team, worker
    /// <c>t</c> may run jobs on team <c>t</c>, whose helpers are workers that do not take part in that job.
    /// </summary>
    /// <param name="teams">The number of smaller teams, at most <see cref="Workers"/>.</param>
    public WorkerTeam[] Divide(int teams)
    {
        var divided = new WorkerTeam[teams];
        for (int team = 0; team < teams; team++)
        {
            var share = Section.Of(Workers - teams, 1, team, teams);
            divided[team] = new WorkerTeam(_helpers.AsSpan(teams - 1 + share.Start, share.Count).ToArray(), _backoff is not null, _clock);
        }

        return divided;
    }

    /// <summary>
    /// Runs a job on the first workers of the team and returns when all of them have finished. An exception of a worker is rethrown here; the
    /// team remains usable.
    /// </summary>
    /// <param name="job">The job, passed by value, so that it is on this method's stack, where helpers access it by its address.</param>
    /// <param name="workers">The number of workers that take part; at most <see cref="Workers"/>.</param>
    /// <exception cref="InvalidOperationException">The call is made from within a job of this team.</exception>
    [MethodImpl(HotPath.CompileOnce)]
    public void Run<TJob>(TJob job, int workers)
        where TJob : struct, IJob, allows ref struct
    {
        EnterIdleTeam();
        try
        {
            if (_clock is not null)
            {
                Follow(job, workers, _clock);
                return;
            }

            if (workers <= 1)
            {
                job.Run(0, 1);
                return;
            }

            long start = Stopwatch.GetTimestamp();
            if (_backoff is not null && _backoff.Holds(start))
            {
                for (int worker = 0; worker < workers; worker++)
                    job.Run(worker, workers);
                return;
            }

            _job = Unsafe.AsPointer(ref job);
            _entry = &Enter<TJob>;
            _participants = workers;
            Volatile.Write(ref _unfinished, workers - 1);
            // From here on helpers may access the job: nothing below throws before the last helper has finished.
            for (int helper = 0; helper < workers - 1; helper++)
                _helpers[helper].Wake(this, helper + 1);

            Participate(0);
            int came = workers - 1;
            for (int helper = 0; helper < workers - 1; helper++)
            {
                if (_helpers[helper].FillIn(this, helper + 1))
                    came--;
            }

            long finished = Stopwatch.GetTimestamp();
            bool isInterrupted = AwaitOthers();
            long end = Stopwatch.GetTimestamp();
            _backoff?.Follow(workers - 1, came, finished - start, end - finished, end);
            _job = null;
            if (isInterrupted)
                Thread.CurrentThread.Interrupt();
            if (_failure is { } failure)
            {
                _failure = null;
                failure.Throw();
            }
        }
        finally
        {
            _busy.Exit();
        }
    }

    private static void Follow<TJob>(TJob job, int workers, IJobClock clock)
        where TJob : struct, IJob, allows ref struct
    {
        long begun = clock.Now;
        Span<long> durations = stackalloc long[Math.Max(workers, 1)];
        for (int worker = 0; worker < durations.Length; worker++)
        {
            long start = clock.Now;
            job.Run(worker, durations.Length);
            durations[worker] = clock.Now - start;
        }

        clock.Record(typeof(TJob), begun, durations);
    }

    /// <summary>Waits until no other caller uses the team.</summary>
    private void EnterIdleTeam()
    {
        // A helper may call this while the caller holds the lock and waits for that helper.
        if (_busy.IsHeldByCurrentThread || (!_busy.TryEnter() && !EnterAsStranger()))
            throw new InvalidOperationException("a job cannot start another job on its own engine");
    }

    private bool EnterAsStranger()
    {
        if (Array.Exists(_helpers, static helper => helper.IsCurrentThread))
            return false;
        _busy.Enter();
        return true;
    }

    private static void Enter<TJob>(void* job, int worker, int workers)
        where TJob : struct, IJob, allows ref struct => Unsafe.AsRef<TJob>(job).Run(worker, workers);

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a user's code throws on a worker is thrown again on the caller's thread.")]
    private void Participate(int worker)
    {
        try
        {
            _entry(_job, worker, _participants);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }
    }

    /// <summary>Waits for the helpers in all cases; returns whether the thread was interrupted meanwhile.</summary>
    private bool AwaitOthers()
    {
        bool isInterrupted = false;
        var wait = default(SpinWait);
        while (Volatile.Read(ref _unfinished) != 0)
        {
            try
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = true;
            }
        }

        return isInterrupted;
    }
}
