using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// Random numbers as a function: the value at an index depends on the seed, the stream and the index alone, so that it is the
/// same on every thread, in any order, and after a restart. Further streams are forked off by number, for instance one for each
/// parameter, epoch or step. The generator is Philox4x32-10.
/// </summary>
public readonly struct RandomSource
{
    private readonly ulong _seed;
    private readonly ulong _stream;

    /// <summary>The main stream of a seed.</summary>
    public RandomSource(ulong seed)
        : this(seed, 0)
    {
    }

    private RandomSource(ulong seed, ulong stream)
    {
        _seed = seed;
        _stream = stream;
    }

    /// <summary>Another stream of the same seed, independent of this one and of its other forks.</summary>
    /// <param name="number">Which fork.</param>
    public RandomSource Fork(ulong number) => new(_seed, Philox.Block(number, _stream, ~_seed).Low);

    /// <summary>64 random bits.</summary>
    /// <param name="index">Which value of the stream.</param>
    public ulong Bits(ulong index) => Philox.Block(index, _stream, _seed).Low;

    /// <summary>128 random bits; the lower half is <see cref="Bits"/>.</summary>
    internal (ulong Low, ulong High) Block(ulong index) => Philox.Block(index, _stream, _seed);

    /// <summary>A value in [0, 1) with 53 random bits.</summary>
    /// <param name="index">Which value of the stream.</param>
    public double Uniform(ulong index) => UnitInterval(Bits(index));

    /// <summary>A value with mean 0 and variance 1, normally distributed (Box and Muller 1958).</summary>
    /// <param name="index">Which value of the stream.</param>
    public double Normal(ulong index)
    {
        (ulong low, ulong high) = Philox.Block(index, _stream, _seed);
        double radius = Math.Sqrt(-2 * PortableMath.Log(1 - UnitInterval(low)));
        return radius * PortableMath.SinCosOfTurns(UnitInterval(high)).Cosine;
    }

    /// <summary>An integer in [0, <paramref name="exclusiveMaximum"/>); its bias is below 2⁻³².</summary>
    /// <param name="index">Which value of the stream.</param>
    /// <param name="exclusiveMaximum">One more than the largest value; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMaximum"/> is not positive.</exception>
    public int Below(ulong index, int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);
        return (int)Math.BigMul(Bits(index), (ulong)exclusiveMaximum, out _);
    }

    /// <summary>Puts the elements in random order (Fisher and Yates, in Durstenfeld's form).</summary>
    /// <param name="items">The elements.</param>
    [MethodImpl(HotPath.CompileOnce)]
    public void Shuffle(Span<int> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = Below((ulong)last, last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static double UnitInterval(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}

/// <summary>
/// The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// ten rounds of multiplication and exclusive or turn a 128-bit counter and a 64-bit key into 128 random bits.
/// It has no state, so that any value can be computed at any time on any thread.
/// </summary>
internal static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint KeyStep0 = 0x9E3779B9, KeyStep1 = 0xBB67AE85;

    /// <summary>The 128 bits that belong to a counter, as two words: the lower word first.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    public static (ulong Low, ulong High) Block(ulong counterLow, ulong counterHigh, ulong key)
    {
        (uint c0, uint c1) = ((uint)counterLow, (uint)(counterLow >> 32));
        (uint c2, uint c3) = ((uint)counterHigh, (uint)(counterHigh >> 32));
        (uint k0, uint k1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += KeyStep0;
            k1 += KeyStep1;
        }

        return (c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32));
    }
}
