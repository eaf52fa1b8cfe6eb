using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NeuralNetFromScratch;

/// <summary>
/// Ensures that all processes of a cluster run the same training. The processes compare their arguments, start with the parameters of rank 0, and compare their
/// parameters at regular intervals.
/// </summary>
internal sealed class ClusterStart(GradientExchange exchange, TrainingState state)
{
    private const int HashLength = sizeof(long);

    /// <summary>The prefix of the message of a process that rejects its arguments.</summary>
    private const string Refusal = "\0";

    private readonly Collectives _collectives = exchange.Collectives;
    private long _compared;
    private byte[] _hashes = [];
    private int[] _bounds = [];

    public GradientExchange Exchange => exchange;

    public bool IsAlone => _collectives.IsAlone;

    /// <summary>Whether the processes have the same parameters.</summary>
    public bool HasBegun { get; private set; }

    public int Rank => _collectives.Rank;

    /// <summary>Compares the entries of all processes with those of rank 0.</summary>
    /// <exception cref="InvalidOperationException">The entries differ. All processes throw.</exception>
    public void Compare(IReadOnlyDictionary<string, string> entries)
    {
        if (IsAlone)
            return;
        string[] texts = _collectives.Gather(string.Join('\n', entries.Select(entry => $"{Escaped(entry.Key)}\t{Escaped(entry.Value)}")));
        if (Array.FindIndex(texts, text => text.StartsWith(Refusal, StringComparison.Ordinal)) is >= 0 and var refusing)
            throw exchange.Agree(new InvalidOperationException($"rank {refusing} does not train: {texts[refusing][Refusal.Length..]}"));
        string[] first = texts[0].Split('\n');
        for (int rank = 1; rank < texts.Length; rank++)
        {
            if (texts[rank] != texts[0])
                throw exchange.Agree(new InvalidOperationException(Difference(first, texts[rank].Split('\n'), rank)));
        }
    }

    /// <summary>Notifies the other processes, which compare their entries, that this process rejects its arguments.</summary>
    public void Refuse(Exception exception)
    {
        exchange.Agree(exception);
        _collectives.Gather(Refusal + exception.Message);
    }

    /// <summary>Ends a step that this process or others reject. All processes make this call.</summary>
    /// <param name="refusal">The reason of this process; null if it does not reject the step.</param>
    /// <returns>The exception that the other processes throw.</returns>
    public Exception EndRefusedStep(string? refusal) =>
        exchange.Agree(new InvalidOperationException(First(refusal is null ? null : string.Create(CultureInfo.InvariantCulture, $"rank {Rank} does not train: {refusal}"))));

    /// <summary>Sends the parameters, their averages and the optimizer's state of rank 0 to all processes.</summary>
    public void BroadcastState()
    {
        HasBegun = true;
        _compared = state.Steps;
        if (IsAlone)
            return;
        Broadcast(state.Network.Parameters.Values);
        Broadcast(state.AverageValues);
        Broadcast(state.Slots.Span);
    }

    /// <summary>Compares the parameters of all processes if a comparison is due.</summary>
    /// <exception cref="InvalidOperationException">The parameters differ. All processes throw.</exception>
    public void CompareParameters()
    {
        if (IsAlone || exchange.ComparisonInterval == 0 || state.Steps % exchange.ComparisonInterval != 0)
            return;
        ParameterStore parameters = state.Network.Parameters;
        Span<byte> own = Hashes(parameters.Count), hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (int i = 0; i < parameters.Count; i++)
        {
            SHA256.HashData(MemoryMarshal.AsBytes(parameters[i].Values), hash);
            hash[..HashLength].CopyTo(own[(i * HashLength)..]);
        }

        _collectives.Gather(_hashes, _bounds);
        for (int rank = 1; rank < _collectives.RankCount; rank++)
        {
            int place = _hashes.AsSpan(_bounds[rank], own.Length).CommonPrefixLength(_hashes.AsSpan(0, own.Length));
            if (place < own.Length)
                throw exchange.Agree(new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"ranks 0 and {rank} differ in {parameters[place / HashLength].Name} since a step from {_compared + 1} to {state.Steps}; the processes must train on the same samples, on processors that compute the same bits")));
        }

        _compared = state.Steps;
    }

    /// <summary>Whether any process requests the end of the training.</summary>
    public bool AnyWants(bool stop)
    {
        Span<long> counts = [stop ? 1 : 0];
        _collectives.Sum([], counts);
        return counts[0] > 0;
    }

    /// <summary>Returns the text of the lowest rank that has one; null if no process has a text.</summary>
    public string? First(string? own) => Array.Find(_collectives.Gather(own ?? ""), text => text.Length > 0);

    private void Broadcast(Span<float> values) => _collectives.Broadcast(MemoryMarshal.AsBytes(values));

    private Span<byte> Hashes(int parameters)
    {
        int length = parameters * HashLength;
        if (_bounds.Length == 0)
        {
            _hashes = new byte[length * _collectives.RankCount];
            _bounds = new int[_collectives.RankCount + 1];
            for (int rank = 0; rank < _bounds.Length; rank++)
                _bounds[rank] = rank * length;
        }

        return _hashes.AsSpan(_bounds[Rank], length);
    }

    private static string Escaped(string text) => text.Replace('\n', ' ').Replace('\t', ' ');

    private static string Difference(string[] first, string[] other, int rank)
    {
        int place = 0;
        while (place < first.Length && place < other.Length && first[place] == other[place])
            place++;
        (string firstKey, string firstValue) = Entry(first, place);
        (string otherKey, string otherValue) = Entry(other, place);
        return firstKey == otherKey
            ? $"the processes of the cluster differ in {firstKey}: rank 0 has {firstValue}, rank {rank} has {otherValue}; start the same program with the same arguments everywhere"
            : $"the processes of the cluster do not make the same calls: rank 0 compares {firstKey}, rank {rank} {otherKey}; start the same program with the same arguments everywhere";
    }

    private static (string Key, string Value) Entry(string[] lines, int place) =>
        place < lines.Length && lines[place].Split('\t') is [var key, var value] ? (key, value) : ("nothing", "nothing");
}
