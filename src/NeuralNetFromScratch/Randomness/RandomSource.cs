using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

/// <summary>
/// A counter-based random number generator. The value at an index depends only on the seed, the stream and the index, so that it is the same on
/// every thread, in any order, and after a restart. <see cref="Fork"/> derives further streams, for example one for each parameter, epoch or
/// step. The generator is Philox4x32-10.
/// </summary>
public readonly struct RandomSource
{
    private readonly ulong _seed;
    private readonly ulong _stream;

    /// <summary>Creates the main stream of a seed.</summary>
    public RandomSource(ulong seed)
        : this(seed, 0)
    {
    }

    private RandomSource(ulong seed, ulong stream)
    {
        _seed = seed;
        _stream = stream;
    }

    /// <summary>Derives another stream of the same seed, which is independent of this one and of its other forks.</summary>
    /// <param name="number">The number of the fork.</param>
    public RandomSource Fork(ulong number) => new(_seed, Philox.Block(number, _stream, ~_seed).Low);

    /// <summary>Returns 64 random bits.</summary>
    /// <param name="index">The index of the value in the stream.</param>
    public ulong Bits(ulong index) => Philox.Block(index, _stream, _seed).Low;

    /// <summary>Returns 128 random bits; the lower half is <see cref="Bits"/>.</summary>
    internal (ulong Low, ulong High) Block(ulong index) => Philox.Block(index, _stream, _seed);

    /// <summary>Returns a uniformly distributed value in [0, 1) with 53 random bits.</summary>
    /// <param name="index">The index of the value in the stream.</param>
    public double Uniform(ulong index) => UnitInterval(Bits(index));

    /// <summary>Returns a normally distributed value with mean 0 and variance 1 (Box and Muller 1958).</summary>
    /// <param name="index">The index of the value in the stream.</param>
    public double Normal(ulong index)
    {
        (ulong low, ulong high) = Philox.Block(index, _stream, _seed);
        double radius = Math.Sqrt(-2 * PortableMath.Log(1 - UnitInterval(low)));
        return radius * PortableMath.SinCosOfTurns(UnitInterval(high)).Cosine;
    }

    /// <summary>Returns an integer in [0, <paramref name="exclusiveMaximum"/>). Its bias is below 2⁻³².</summary>
    /// <param name="index">The index of the value in the stream.</param>
    /// <param name="exclusiveMaximum">The exclusive upper bound; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMaximum"/> is not positive.</exception>
    public int Below(ulong index, int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);
        return (int)Math.BigMul(Bits(index), (ulong)exclusiveMaximum, out _);
    }

    /// <summary>Shuffles the elements (Fisher-Yates in Durstenfeld's form).</summary>
    /// <param name="items">The elements, which are reordered in place.</param>
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
/// The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011). Ten rounds
/// of multiplication and exclusive or convert a 128-bit counter and a 64-bit key to 128 random bits. It has no state, so that any value can be
/// computed at any time on any thread.
/// </summary>
internal static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint KeyStep0 = 0x9E3779B9, KeyStep1 = 0xBB67AE85;

    /// <summary>Returns the 128 bits of a counter as two words, the lower one first.</summary>
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
