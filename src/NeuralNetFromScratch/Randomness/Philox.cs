using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch;

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
