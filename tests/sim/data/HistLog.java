/*
 * Wrote java-2.1.11.hlog with the reference library, Debian 12's libhdrhistogram-java:
 *
 *   java -cp /usr/share/java/hdrhistogram.jar HistLog.java java-2.1.11.hlog
 *
 * and printed the encodings that tests/sim/test_hist_log.c compares with.
 */
import java.nio.ByteBuffer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

class HistLog {
	static long random = 5;

	static long draw() {
		random = random * 6364136223846793005L + 1442695040888963407L;
		return random >>> 1;
	}

	static Histogram tagged(String tag, long startMs, long endMs) {
		Histogram h = new Histogram(3);
		h.setTag(tag);
		h.setStartTimeStamp(startMs);
		h.setEndTimeStamp(endMs);
		return h;
	}

	static void encode(String name, long... values) {
		Histogram h = new Histogram(3);
		for (long value : values)
			h.recordValue(value);
		ByteBuffer bytes = ByteBuffer.allocate(h.getNeededByteBufferCapacity());
		int n = h.encodeIntoByteBuffer(bytes);
		System.out.print(name + " ");
		for (int i = 0; i < n; i++)
			System.out.printf("%02x", bytes.get(i));
		System.out.println();
	}

	public static void main(String[] args) throws Exception {
		HistogramLogWriter log = new HistogramLogWriter(args[0]);
		Histogram wide = tagged("wide", 0, 4706), narrow = tagged(null, 1500, 2500);
		Histogram empty = tagged("empty", 0, 0), ends = tagged("ends", 0, 1);

		for (int i = 0; i < 1500; i++)
			wide.recordValue(draw() >>> (int) (13 + draw() % 50));
		for (int i = 0; i < 1500; i++)
			narrow.recordValue(140 + draw() % 9);
		ends.recordValueWithCount(0, 1L << 40);
		ends.recordValue(Long.MAX_VALUE);
		log.outputLogFormatVersion();
		log.outputComment("[a comment]");
		log.outputStartTime(0);
		log.setBaseTime(0);
		log.outputLegend();
		for (Histogram h : new Histogram[] {wide, narrow, empty, ends})
			log.outputIntervalHistogram(h);
		log.close();
		encode("empty");
		encode("0", 0);
		encode("1", 1);
		encode("5,7,7,2047", 5, 7, 7, 2047);
		encode("2048,2049,4096", 2048, 2049, 4096);
		encode("1000000", 1000000);
		encode("Long.MAX_VALUE", Long.MAX_VALUE);
	}
}
