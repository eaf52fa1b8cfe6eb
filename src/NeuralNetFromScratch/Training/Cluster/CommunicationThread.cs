using System.Runtime.ExceptionServices;

namespace NeuralNetFromScratch;

/// <summary>
/// A thread that runs the numbered parts of an exchange in order, while the training thread computes the next parts. It ends when it is idle, and is started again
/// when it is needed.
/// </summary>
/// <param name="run">Runs a part.</param>
internal sealed class CommunicationThread(Action<int> run)
{
    private const int IdleMilliseconds = 2000;

    private readonly object _gate = new();
    private bool _isRunning;
    private int _ready, _done;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins with part 0.</summary>
    public void Begin()
    {
        lock (_gate)
            (_ready, _done, _failure) = (0, 0, null);
    }

    /// <summary>Lets the thread run all parts whose numbers are less than <paramref name="count"/>.</summary>
    public void Announce(int count)
    {
        lock (_gate)
        {
            _ready = count;
            // After a failure, no further part is exchanged.
            if (_failure is not null)
                _done = count;
            if (!_isRunning)
            {
                _isRunning = true;
                new Thread(Run) { IsBackground = true, Name = "gradient exchange" }.Start();
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until all announced parts are done, and rethrows an exception that a part threw.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            while (_done < _ready)
                Monitor.Wait(_gate);
            _failure?.Throw();
        }
    }

    private void Run()
    {
        while (true)
        {
            int part;
            lock (_gate)
            {
                while (_done == _ready)
                {
                    if (!Monitor.Wait(_gate, IdleMilliseconds) && _done == _ready)
                    {
                        _isRunning = false;
                        return;
                    }
                }

                part = _done;
            }

            ExceptionDispatchInfo? failure = Do(part);
            lock (_gate)
            {
                (_done, _failure) = failure is null ? (_done + 1, _failure) : (_ready, failure);
                Monitor.PulseAll(_gate);
            }
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
