using System.Globalization;
using NeuralNetFromScratch.Mpi;
using NeuralNetFromScratch.MpiProcess;

// usage: MpiProcess VERB [ARGUMENT...]
// What a process of a cluster does, right or wrong, for the tests that start some with mpirun.
string library = Option("--library");
using MpiCluster cluster = MpiCluster.Join(library.Length > 0 ? library : null);
return args[0] switch
{
    "about" => Communication.About(cluster),
    "swap" => Communication.Swap(cluster),
    "time" => Communication.Time(cluster),
    "lengths" => Failures.Lengths(cluster),
    "null" => Failures.NullReference(cluster),
    "throw" => Failures.Throw(cluster),
    "exit" => Failures.Exit(cluster),
    "abort" => Failures.Abort(cluster),
    "leave" => Failures.Leave(cluster),
    "forget" => Failures.Forget(cluster),
    "train" => Training.Train(cluster, args[1], args[2], Option("--checkpoint") is { Length: > 0 } path ? path : null, Option("--fail"), int.Parse("0" + Option("--after"), CultureInfo.InvariantCulture)),
    "signal" => Failures.WaitForSignal(cluster),
    var verb => throw new ArgumentException($"unknown verb {verb}"),
};

string Option(string name) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : "";
