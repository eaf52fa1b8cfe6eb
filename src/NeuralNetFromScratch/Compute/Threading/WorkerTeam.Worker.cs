using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch.Compute;

/// <summary>The threads of a team and of the teams that share them.</summary>
internal sealed unsafe partial class WorkerTeam
{
    /// <summary>
    /// A helper thread: it looks for work, sleeps, and ends. It sleeps for at most the time for which it has been awake. If many short trainings run one after
    /// another, the threads of each remain for at most the time that the training took, so that there are never many idle threads.
    /// </summary>
    [SuppressMessage("Design", "CA1001", Justification = "Collected with the team; a team that nobody has to dispose of is the point.")]
    private sealed class Worker(string name, Action<ThreadStart, string> startThread, long wakefulness)
    {
        private const int Awake = 0, Working = 1, Asleep = 2, Ended = 3;
        private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(0.2);

        private readonly AutoResetEvent _wake = new(false);
        private int _state = Ended;
        private int _isTaken = 1;
        private int _threadId;
        private WorkerTeam? _team;
        private int _number;

        /// <summary>The total time for which its threads have been awake.</summary>
        private long _awake;

        /// <summary>Whether the calling thread is the thread of this worker.</summary>
        public bool IsCurrentThread => Volatile.Read(ref _threadId) == Environment.CurrentManagedThreadId;

        /// <summary>Hands the current job of a team to this worker.</summary>
        /// <param name="team">The team.</param>
        /// <param name="number">The number of this worker in the team.</param>
        public void Wake(WorkerTeam team, int number)
        {
            (_team, _number) = (team, number);
            Volatile.Write(ref _isTaken, 0);
            switch (Interlocked.Exchange(ref _state, Working))
            {
                case Asleep:
                    _wake.Set();
                    break;
                case Ended:
                    Start();
                    break;
            }
        }

        [SuppressMessage("Design", "CA1031", Justification = "Whatever kept the thread from starting, nothing may leave a run while a helper can touch its job.")]
        private void Start()
        {
            try
            {
                startThread(Live, name);
            }
            catch (Exception)
            {
                // The caller computes this worker's part, and the next job tries again to start a thread.
                Volatile.Write(ref _state, Ended);
            }
        }

        /// <summary>Computes this worker's part on the caller's thread, unless the worker has begun it.</summary>
        /// <param name="team">The team of the caller.</param>
        /// <param name="number">The number of this worker in the team.</param>
        /// <returns>Whether the caller computed the part.</returns>
        public bool FillIn(WorkerTeam team, int number)
        {
            if (!Take())
                return false;
            team.Participate(number);
            Interlocked.Decrement(ref team._unfinished);
            return true;
        }

        private bool Take() => Volatile.Read(ref _isTaken) == 0 && Interlocked.Exchange(ref _isTaken, 1) == 0;

        private void Live()
        {
            int threadId = Environment.CurrentManagedThreadId;
            Volatile.Write(ref _threadId, threadId);
            long start = Stopwatch.GetTimestamp();
            while (AwaitWork(ref start))
            {
                do
                {
                    // The team is read after the part was taken, because another team may hand out a job in between.
                    WorkerTeam? team = Take() ? _team : null;
                    team?.Participate(_number);
                    // The state is set before the team is notified, so that the wake-up call of the next job is not overwritten. If
                    // this worker was too late for its part, the next job may have started already.
                    Interlocked.Exchange(ref _state, Awake);
                    if (team is not null)
                        Interlocked.Decrement(ref team._unfinished);
                }
                while (Volatile.Read(ref _isTaken) == 0);
            }

            // The identifier is cleared unless the next thread of the worker has begun.
            Interlocked.CompareExchange(ref _threadId, 0, threadId);
        }

        /// <summary>Waits for work. Returns true when there is work, false when the thread should end.</summary>
        /// <param name="start">The time stamp since which the thread has been awake.</param>
        private bool AwaitWork(ref long start)
        {
            var wait = default(SpinWait);
            for (long end = Stopwatch.GetTimestamp() + wakefulness; Stopwatch.GetTimestamp() < end;)
            {
                if (Volatile.Read(ref _state) == Working)
                    return true;
                SpinOnce(ref wait);
            }

            if (Interlocked.CompareExchange(ref _state, Asleep, Awake) == Working)
                return true;
            _awake += Stopwatch.GetTimestamp() - start;
            TimeSpan longest = TimeSpan.FromSeconds((double)_awake / Stopwatch.Frequency);
            bool hasWork = Sleep(longest < LongestSleep ? longest : LongestSleep);
            start = Stopwatch.GetTimestamp();
            if (hasWork)
                return true;
            if (Interlocked.CompareExchange(ref _state, Ended, Asleep) == Asleep)
                return false;

            // Work arrived when the time ran out: the event is set, or will be set at once.
            Sleep(Timeout.InfiniteTimeSpan);
            return true;
        }

        /// <summary>Spins once. An interruption of the helper's thread by a job is ignored, so that it does not end the thread.</summary>
        private static void SpinOnce(ref SpinWait wait)
        {
            try
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
            catch (ThreadInterruptedException)
            {
            }
        }

        private bool Sleep(TimeSpan longest)
        {
            while (true)
            {
                try
                {
                    return _wake.WaitOne(longest);
                }
                catch (ThreadInterruptedException)
                {
                }
            }
        }
    }
}
