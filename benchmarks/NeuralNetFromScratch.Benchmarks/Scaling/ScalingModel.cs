namespace NeuralNetFromScratch.Benchmarks.Scaling;

/// <summary>The connection of the machines of a model.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Latency">Seconds of an exchange of a few bytes.</param>
/// <param name="Bandwidth">Bytes a second in each direction.</param>
internal sealed record Link(string Name, double Latency, double Bandwidth)
{
    /// <summary>Whether the processor, which adds, also copies the bytes, as between processes of one machine. If false, additions overlap with receiving.</summary>
    public bool IsCopiedByProcessor { get; init; }

    /// <summary>Ethernet by TCP, and what computing centers have; of the bits a second, 94 % carry data.</summary>
    public static IReadOnlyList<Link> Usual { get; } = [new("1 Gbit/s", 50e-6, 117.5e6), new("10 Gbit/s", 20e-6, 1.175e9), new("100 Gbit/s", 3e-6, 11.75e9)];
}

/// <summary>
/// A step of data-parallel training on a number of machines. Each computes its share of the samples. A range of gradients is sent as soon as the backward pass of the
/// machine's last shard has it and those before are sent: by recursive halving and doubling it takes <c>2·log₂P</c> messages and <c>2·(P − 1)/P</c> of its bytes.
/// What is not sent when the backward pass ends is waited for; then each machine updates all parameters.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="secondsOfSample">Seconds in which a machine computes the gradients of one sample.</param>
/// <param name="secondsOfUpdate">Seconds of a step beside the gradients, which do not depend on the number of machines.</param>
/// <param name="addition">Bytes of floats a second that a machine adds to others.</param>
internal sealed class ScalingModel(Sequential network, double secondsOfSample, double secondsOfUpdate, double addition)
{
    /// <summary>Bytes up to which a sum sends everything in each round.</summary>
    private const int ShortBytes = 4 * 4096;

    private readonly GradientBuckets _buckets = new(network);
    private readonly (int Offset, double Left)[] _backward = Backward(network);

    /// <summary>Seconds of a step.</summary>
    /// <param name="machines">The number of machines.</param>
    /// <param name="batch">The number of samples of a step.</param>
    /// <param name="link">The connection.</param>
    /// <param name="shards">The number of shards that each machine computes one after another.</param>
    public double Step(int machines, double batch, Link link, int shards = 1)
    {
        double computing = secondsOfSample * batch / machines;
        if (machines == 1)
            return computing + secondsOfUpdate;
        double rounds = Math.Log2(machines), sent = 0;
        for (int bucket = 0; bucket < _buckets.Count; bucket++)
        {
            double ready = computing - computing / shards * LeftAt(_buckets[bucket].Start);
            sent = Math.Max(sent, ready) + Exchange(sizeof(float) * (double)_buckets[bucket].Length, machines, rounds, link);
        }

        return Math.Max(computing, sent) + rounds * link.Latency + secondsOfUpdate;
    }

    /// <summary>How many times as fast as one machine.</summary>
    public double SpeedUp(int machines, double batch, Link link) => Step(1, batch, link) / Step(machines, batch, link);

    /// <summary>The smallest power of two of samples with which the machines are worth half their number; null if none below 2³⁰ is.</summary>
    public double? BatchOfHalf(int machines, Link link)
    {
        for (double batch = machines; batch <= 1 << 30; batch *= 2)
        {
            if (SpeedUp(machines, batch, link) >= machines / 2.0)
                return batch;
        }

        return null;
    }

    private double Exchange(double bytes, int machines, double rounds, Link link) => bytes <= ShortBytes
        ? rounds * (link.Latency + bytes / link.Bandwidth + bytes / addition)
        : 2 * rounds * link.Latency + (machines - 1.0) / machines * bytes * (1 / link.Bandwidth + ReceiveAndAdd(link));

    /// <summary>Seconds in which a byte is received and added.</summary>
    private double ReceiveAndAdd(Link link) => link.IsCopiedByProcessor ? 1 / link.Bandwidth + 1 / addition : Math.Max(1 / link.Bandwidth, 1 / addition);

    /// <summary>The share of a shard's computing that is left when the gradients from an index on are complete.</summary>
    private double LeftAt(int offset) => _backward.First(layer => layer.Offset <= offset).Left;

    /// <summary>For each layer with parameters, last to first: where its parameters begin, and the share of the computing that is left after it.</summary>
    private static (int Offset, double Left)[] Backward(Sequential network)
    {
        List<(int Offset, double Work)> layers = [];
        foreach (ChainNode node in network.Nodes)
        {
            if (node.ParameterCount == 0)
                continue;
            Parameter weight = network.Parameters[node.FirstParameter];
            layers.Add((weight.Offset, (double)weight.Shape.ElementCount * (node.OutputShape.ElementCount / node.OutputShape[^1])));
        }

        // Forward, and both gradients; the first layer has no input gradient.
        double total = 3 * layers.Sum(layer => layer.Work) - layers[0].Work, left = 2 * layers.Sum(layer => layer.Work) - layers[0].Work;
        var result = new List<(int, double)>();
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            left -= (i == 0 ? 1 : 2) * layers[i].Work;
            result.Add((layers[i].Offset, left / total));
        }

        return [.. result];
    }
}
