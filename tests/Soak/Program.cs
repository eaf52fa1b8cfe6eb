using System.Globalization;
using NeuralNetFromScratch.Soak;

// usage: Soak [MINUTES]
// Trains, cancels, resumes, saves, loads and predicts on all processors for so many minutes (60 unless given), and prints a line of memory
// figures for each. The exit status is 0 if every result had the right bits and memory did not grow.
double minutes = 60;
if (args.Length > 1 || (args.Length == 1 && !(double.TryParse(args[0], CultureInfo.InvariantCulture, out minutes) && minutes is > 0 and <= 10_000)))
{
    Console.Error.WriteLine("usage: Soak [MINUTES], up to 10000");
    return 2;
}

var duration = TimeSpan.FromMinutes(minutes);
var load = new Load();
var log = new MemoryLog(load);
using var end = new CancellationTokenSource(duration);
Thread[] threads =
[
    Start(() => load.Train(end.Token)),
    .. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount - 1)).Select(_ => Start(() => load.Predict(end.Token))),
];
while (!end.Token.WaitHandle.WaitOne(TimeSpan.FromMinutes(1)))
    log.Add();
foreach (Thread thread in threads)
    thread.Join();
return log.Conclude() ? 0 : 1;

Thread Start(Action work)
{
    var thread = new Thread(() =>
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            load.Fail(exception.ToString());
            end.Cancel();
        }
    });
    thread.Start();
    return thread;
}
