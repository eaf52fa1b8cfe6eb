using System.Runtime.ExceptionServices;

namespace NeuralNetFromScratch;

/// <summary>
/// Runs the numbered parts of an exchange in order. A thread of its own runs them while the training thread computes the next parts. A training thread that waits runs
/// them itself, which saves the time to wake the other thread. That thread ends when it is idle, and is started again when it is needed.
/// </summary>
/// <param name="run">Runs a part.</param>
internal sealed class CommunicationThread(Action<int> run)
{
    private const int IdleMilliseconds = 2000;

    private readonly object _gate = new();
    private bool _isRunning, _isBusy;
    private int _ready, _done;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins with part 0.</summary>
    public void Begin()
    {
        lock (_gate)
            (_ready, _done, _failure) = (0, 0, null);
    }

    /// <summary>Announces all parts whose numbers are less than <paramref name="count"/>.</summary>
    /// <param name="count">The number of parts.</param>
    /// <param name="isLast">Whether the caller computes nothing more, but waits. In this case, the thread is not woken.</param>
    public void Announce(int count, bool isLast)
    {
        lock (_gate)
        {
            _ready = count;
            // After a failure, no further part is exchanged.
            if (_failure is not null)
                _done = count;
            if (isLast)
                return;
            if (!_isRunning)
            {
                _isRunning = true;
                new Thread(Run) { IsBackground = true, Name = "gradient exchange" }.Start();
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Runs the announced parts that the thread has not begun, waits until all are done, and rethrows an exception that a part threw.</summary>
    public void Wait()
    {
        while (Next() is >= 0 and var part)
            Complete(Do(part));
        _failure?.Throw();
    }

    /// <summary>Begins the next part when no other is in progress. Returns its number; −1 if all announced parts are done.</summary>
    private int Next()
    {
        lock (_gate)
        {
            while (_isBusy)
                Monitor.Wait(_gate);
            if (_done == _ready)
                return -1;
            _isBusy = true;
            return _done;
        }
    }

    private void Complete(ExceptionDispatchInfo? failure)
    {
        lock (_gate)
        {
            (_done, _failure) = failure is null ? (_done + 1, _failure) : (_ready, failure);
            _isBusy = false;
        }
    }

    private void Run()
    {
        while (true)
        {
            int part;
            lock (_gate)
            {
                while (_isBusy || _done == _ready)
                {
                    if (!Monitor.Wait(_gate, IdleMilliseconds) && !_isBusy && _done == _ready)
                    {
                        _isRunning = false;
                        return;
                    }
                }

                (part, _isBusy) = (_done, true);
            }

            Complete(Do(part));
            lock (_gate)
                Monitor.PulseAll(_gate);
        }
    }

    private ExceptionDispatchInfo? Do(int part)
    {
        try
        {
            run(part);
            return null;
        }
        catch (Exception exception)
        {
            return ExceptionDispatchInfo.Capture(exception);
        }
    }
}
