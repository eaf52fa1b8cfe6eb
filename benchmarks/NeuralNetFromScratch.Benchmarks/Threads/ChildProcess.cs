using System.Diagnostics;
using System.Globalization;

namespace NeuralNetFromScratch.Benchmarks.Threads;

/// <summary>What the processes do that <see cref="ThreadsCommand"/> starts: a few epochs, or nothing but to keep a core busy.</summary>
internal static class ChildProcess
{
    private const int Warm = 2, Timed = 9, SmallSamples = 20_000, LargeSamples = 3_840;

    /// <summary>Seconds of epochs in a fresh process.</summary>
    /// <param name="network">784-128-10 or 784-512-512-10.</param>
    /// <param name="data">Folder of MNIST's files; empty for digits drawn by the program.</param>
    /// <param name="threads">0 for the default.</param>
    public static double[] Epochs(string network, string data, int threads)
    {
        using Process process = Start([ThreadsCommand.TrainVerb, network, data, threads.ToString(CultureInfo.InvariantCulture)]);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"a training ended with exit code {process.ExitCode}");
    }

    /// <summary>This program again, with other arguments.</summary>
    public static Process Start(IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(ChildProcess).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;

    /// <summary>The verb that trains and writes the seconds of each epoch.</summary>
    public static int Train(string network, string folder, int threads)
    {
        bool isSmall = network == "784-128-10";
        int samples = isSmall ? SmallSamples : LargeSamples;
        Dataset data = folder.Length == 0 ? SyntheticDigits.Create(samples, 1) : Mnist.Load(folder).Training.Subset([.. Enumerable.Range(0, samples)]);
        if (threads == 0)
            threads = new Engine().ThreadCount;
        Comparison.TrainingRun run = isSmall ? new(data, [128], new Sgd(0.07f, 0.9f), 64, threads) : new(data, [512, 512], new Sgd(0.02f, 0.9f), 128, threads, ZeroSkipping.Never);
        for (int epoch = 0; epoch < Warm; epoch++)
            run.Epoch();
        Console.WriteLine(string.Join(' ', Enumerable.Range(0, Timed).Select(_ => run.Epoch().ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }

    /// <summary>The verb that keeps a core busy until its input ends.</summary>
    /// <param name="processor">The processor to stay on; any if negative.</param>
    public static int Spin(int processor)
    {
        if (processor >= 0 && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
            Process.GetCurrentProcess().ProcessorAffinity = (nint)1 << processor;
        bool isOver = false;
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            Volatile.Write(ref isOver, true);
        }) { IsBackground = true }.Start();
        Console.WriteLine("spinning");
        while (!Volatile.Read(ref isOver))
            Thread.SpinWait(1000);
        return 0;
    }
}

/// <summary>Programs that keep a core busy, each on any core or all on the last one.</summary>
internal sealed class Neighbours : IDisposable
{
    private readonly Process[] _processes;

    public Neighbours(int count, bool onLastCore)
    {
        int processor = onLastCore ? Environment.ProcessorCount - 1 : -1;
        _processes = [.. Enumerable.Range(0, count).Select(_ => ChildProcess.Start([ThreadsCommand.SpinVerb, processor.ToString(CultureInfo.InvariantCulture)]))];
        foreach (Process process in _processes)
            process.StandardOutput.ReadLine();
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
